"""What stands around codes: wording of sales, of links and of mail headers; linking words, units, currencies.

Data for `extract`, in the notation of words.py.
"""

# Wording of selling, shipping and travelling: there a bare "code" is theirs, not a sign-in's.
SELLING = (
    "% off, *discount*, coupon*, promo*, voucher*, sale, checkout, at the till, gutschein*, *rabatt*, rabat*, korting*, "
    "reduction, remise, descuento*, desconto*, cupom, sconto, sconti, indirim*, скидк*, промокод*, знижк*, отстъпк*, εκπτωσ*, "
    "alennus*, kedvezmeny*, slev*, zlav*, reducer*, popust*, nuolaid*, atlaid*, خصم, تخفیف, הנחה, छूट, ছাড়, ส่วนลด, giảm giá, "
    "diskon, diskaun, 优惠, 折扣, 優惠, 割引, クーポン, セール, 할인, 쿠폰, parcel*, package, locker*, courier*, delivery, pickup, "
    "pick up, collect your, paket*, packstation, sendung*, colis, livraison, pacco, paczk*, paczkomat*, kargo, посылк*, посилк*, "
    "pakke*, pakket*, pakett*, csomag*, colet, 快递, 取件, 包裹, 驿站, 宅配, 荷物, 택배, flight*, boarding, check in, "
    "hotel, reservation*, booking*, vuelo, vol, volo, flug, рейс*, ucus, 航班, フライト, 予約, 항공, flash sale, wifi, wi fi, "
    "guest network, invite*, referral*, refer a friend, meeting, webinar, symposium, conference, expo, appointment*, курьер*, repartidor, livreur, przesylk*,  raffle, prize, gewinnspiel, concert, venue, tickets, gift card*, redeem*, "
    "your table, your order is, to the host, queue*, raffle*, giveaway, door code, front door, gate code, garage, alarm code, exit code, build, pipeline, deploy*, "
    "black friday, cyber monday, shop now, shop early, early access, driver, retrieve, abhol*, termin, tisch, zustell*, lieferung*, einlos*, flohmarkt, gewinn*, retrait, retirer, rdv, rendez vous, "
    "point relais, livreur*, porte, portail, recogida, recoger, cita, reparto, taquilla, mesa, sorteo, entrega, entregador, retirada, "
    "ritiro, ritirare, consegna, appuntamento, tavolo, ophalen, bezorg*, afhaal*, afspraak, tafel, odbior*, dostaw*, kurier*, wizyt*, "
    "vydej*, vyzvedn*, vyzvednut*, doruc*, zasilk*, zasiel*, ridicare, ridica, livrare, curier, easybox, atvetel*, szallit*, futar*, "
    "preuzim*, dostav*, prevzem*, paket*, isporuk*, nouto*, noudet*, toimitus*, hamta*, hamtkod*, leverans*, utlamn*, afhent*, levering, "
    "hent*, utlever*, teslim*, teslimat*, randevu*, получен*, выдач*, постамат*, доставк*, запис*, прием*, отримайте, видач*, поштомат*, "
    "доставя*, παραλαβ*, παραδοσ*, κουριερ*, ραντεβου, pickup*, איסוף, משלוח, שליח, לוקר, תור, استلام, توصيل, التوصيل, المندوب, موعد, "
    "تحویل, پیک, मंगवा, डिलीवरी, पार्सल, ডেলিভারি, পার্সেল, พัสดุ, จัดส่ง, รับสินค้า, giao hang, giao hàng, nhận hàng, shipper, kurir, "
    "pengantaran, ambil paket, penghantaran, bungkusan, idagdag, padala, usafirishaji, mzigo, 取货, 取貨, 取餐, 领取, 提货, 送货, 派送, 外卖, "
    "骑手, 宅急便, 配達, 受け取り, 受取, 宅配, 수령, 배송, 배달, 픽업, atsiem*, siunt*, pastomat*, sutijum*, sanem*, pakomat*, pakiautomaat*, "
    "kattesaam*, korjauta*, pakendi*"
)
# A code is handed over to somebody at the door: theirs even when it is called one-time.
DELIVERING = (
    "delivery agent, delivery partner, delivery executive, delivery boy, delivery person, delivery associate, delivery otp, delivery code, "
    "delivery pin, deliver your, out for delivery, at delivery, time of delivery, for delivery, driver, courier, rider, pickup, pick up, "
    "parcel, locker*, your package, shipment, start your ride, start the trip, end trip, kurier*, zusteller*, livreur, repartidor, "
    "entregador, corriere, bezorger, kuriera, kuryer*, kurye*, курьер*, кур'єр*, водител*, מוסר המשלוח, שליח, المندوب, السائق, "
    "डिलीवरी, ডেলিভারি, kurir, driver kami, shipper, พนักงานจัดส่ง, 快递, 取件, 骑手, 外卖, 司机, 配達, 배달, 택배"
)
# It is to be kept to oneself, or lasts some minutes: the wording around codes for signing in.
CONFIDENTIAL = (
    "don t share, dont share, not share, never share, not disclose, never disclose, not give, don t give, never give, don t tell, not tell, "
    "never tell, not forward, don t forward, never forward, keep it secret, keep this code, not request this, didn t request, did not request, didn t ask, did not ask, "
    "won t ask, never ask, will not ask, never call, no longer works, no longer valid, wasn t you, not you, expires in, expire in, expires at, will expire, expires after, "
    "valid for, valid until, valid till, is valid, nicht weiter*, niemals, niemandem, gultig, teilen sie, teile, lauft ab, nicht angefordert, "
    "ne le communiquez, ne communiquez, ne partagez, jamais, expire dans, valable, no lo compart*, no la compart*, no compart*, nunca, valido, "
    "valida, vence, caduca, expira, nao compartilhe, nao partilhe, nao divulgue, nao o partilhe, nao informe, non condivider*, non comunicar*, "
    "scade, valido per, deel deze, deel dit, niet delen, met niemand, geldig, verloopt, vervalt, dela inte, giltig, del ikke, ikke del, "
    "gyldig, udlober, utloper, ala jaa, voimassa, vanhenee, nie udostepniaj, nikomu, wazny, wygasnie, nesdelujte, platnost, plati, neprezradte, "
    "platny, ne ossza, ne adja, senkinek, ervenyes, nu divulga*, nu comunica*, nimanui, valabil, nikome, nemojte, vrijedi, vazi, nekomu, "
    "ne delite, neatskleiskite, galioja, niekam, neizpaud*, derig*, arge jagage, kehtib, никому, не сообщайте, не говорите, не передавайте, "
    "действует, действителен, нікому, не повідомляйте, діє, дійсний, не го споделяйте, никого, валиден, μην, ισχυει, ληγει, paylasma*, "
    "vermeyin*, soyleme*, gecerli, לאף אחד, אין להעביר, אין למסור, תקף, בתוקף, לא תשתף, لا تشارك, لا تطلع, لا تعط, أي شخص, صالح, صالحة, "
    "تنتهي صلاحيته, در اختیار, ندهید, معتبر, نگویید, साझा न, किसी को, शेयर न, मान्य, वैध, শেয়ার করবেন না, মেয়াদ, பகிர வேண்டாம், "
    "பகிராதீர்கள், షేర్ చేయవద్దు, भाग करू नका, کسی کے ساتھ, شیئر نہ, ห้ามบอก, อย่าบอก, หมดอายุ, ภายใน, khong chia se, không chia sẻ, "
    "hieu luc, hiệu lực, het han, hết hạn, jangan, berlaku, kedaluwarsa, sah untuk, tamat tempoh, huwag, valid ito, usimpe, usishiriki, "
    "他人, 泄露, 泄漏, 洩漏, 有效, 请勿, 請勿, 切勿, 転送, 教えない, 有効, 第三者, 유효, 타인, 알려주지, 공유하지, ne ndani, mos e ndaj, no comparteixis, "
    "ez partekatu, ekki deila, ei jaga, არ გაუზიაროთ, չփոխանցել, heç kim, hech kim, ешкимге"
)

# "code IS 1234", "1234 IS your code": words that may stand between a code and its name.
LINKERS = (
    "is, are, was, jo, ithi, it is, here, below, following, follows, as, this, the, enter, use, your, new, number, is the, no, nr, num, "
    "ist, lautet, sind, ihr, ihre, dein, deine, neue, neuer, est, voici, votre, ton, le, la, es, el, su, tu, son, is uw, uw, je, "
    "jouw, e, o, a, seu, sua, il, tuo, suo, la tua, este, codul, er, ar, din, ditt, ar din, on, ovat, onko, to, twoj, jest, twoje, "
    "je, vas, tvoj, vase, van, az, on sinun, yra, ir, tavs, jusu, de, del, da, di, do, otp, sms, pin, code, ваш, это, це, твой, "
    "е, ви, вашият, код, ειναι, σας, ο, το, kodunuz, kodu, هو, هي, است, הוא, זה, זאת, ה, שלך, है, का, হল, হলো, ആണ്, là, la, của bạn, ban, "
    "คือ, ของคุณ, adalah, anda, ialah, ni, yako, は, 为, 為, 是, 이, 은, 는, 次, です, 입니다, 如下, 下記, 以下, da, u, jest to, on, and, or, und, oder, et, ou, y, и, или, a, i, og, och, ve, 和, 或, または"
)

# What stands right before a code that is stated rather than merely mentioned.
IS = (
    "is, are, was, lautet, ist, est, es, e, è, é, are, ar, er, on, je, jest, to, este, yra, ir, sunt, az, van, va, ειναι, ειναι ο, "
    "е, это, є, - це, هو, هي, است, הוא, היא, है, हैं, হল, হলো, হচ্ছে, ஆகும், là, la, คือ, adalah, ialah, ay, ni, هست, بود, ہے, "
    "は, 为, 為, 是, 이, 는, 은, eshte, estas, ithi, huwa, yw, is e, nga, je, za, da, code, codigo, kod, sifreniz, kodunuz, otp, tan, pin"
)

PAYING = (
    "payment, transaction*, txn, transfer, purchase, to pay, beneficiary, payee, uberweisung*, zahlung*, kartenzahlung, auftrag, virement, "
    "paiement, beneficiaire, achat, pago, compra, transferencia, bizum, operacion, pagamento, transferencia, pix, bonifico, betaling, "
    "overboeking, betalning, overforing, overforsel, maksu, tilisiirto, przelew*, platnosc*, platb*, prevod*, placanj*, utalas*, "
    "fizetes*, transakcj*, transakci*, trgovin*, plata, platii, transfer, maksmi*, maksaj*, moketi*, mokejim*, pervedim*, maksajum*, parskaitijum*, плащан*, превод*, πληρωμ*, "
    "μεταφορα*, αγορα*, покупк*, перевод*, платеж*, оплат*, операци*, переказ*, покупка, odeme*, islem*, havale*, eft, odenis, tolov, төлем, "
    "شراء, تحويل, عملية, دفع, خرید, انتقال, پرداخت, برداشت, העברה, תשלום, עסקה, भुगतान, लेनदेन, লেনদেন, பரிவர்த்தனை, ชำระ, โอน, "
    "giao dich, giao dịch, chuyển, thanh toán, pembayaran, transaksi, bayaran, pindahan, malipo, bayad, 交易, 支付, 转账, 轉帳, 付款, 消费, "
    "消費, 決済, 振込, お取引, 결제, 이체, 송금"
)
MINUTES = (
    "min*, mn, minut*, мин*, хв*, dk, dakika*, deqiqe*, daqiqa*, phut, phút, perc*, λεπτ*, mins, minuuti*, minuci*, minuut*, minuto*, "
    "分, 分钟, 分鐘, 分間, 분, นาที, मिनट, मिनिट, মিনিট, நிமிட, నిమిష, ನಿಮಿಷ, മിനിറ്റ, મિનિટ, ਮਿੰਟ, წუთ, րոպե, דקות, דקה, دقيقة, دقائق, دقیقه, "
    "منٹ, ደቂቃ, sec*, seg*, sek*, сек*, 秒, 초, saniye*, detik, ثانية, ثانیه"
)
YOUR = (
    "your, ur, ihr, ihre, dein, deine, uw, je, jouw, votre, ton, tu, su, seu, sua, teu, tuo, suo, el teu, zure, din, ditt, er din, twoj, "
    "panstwa, vas, vase, tvoj, vasa, jusu, jusų, tavs, teie, sinu, sinun, koodisi, kodunuz, sifreniz, az on, kodod, dvs, tau, dumneavoastra, "
    "juaj, yakho, wako, ваш, твой, вашият, вашия, σας, σου, sizin, kodingiz, kodunuzu, anda, kamu, mu, yako, iyong, mo, của bạn, cua ban, thin, "
    "þinn, kodann, שלך, שלכם, الخاص بك, لك, شما, آپ کا, आपका, आपके, तुमचा, আপনার, உங்கள், మీ, ನಿಮ್ಮ, നിങ്ങളുടെ, તમારો, ਤੁਹਾਡਾ, ඔබේ, "
    "ของคุณ, តអ្នក, თქვენი, ձեր, သင့်, የእርስዎ, 您, 你, お客様, あなた, 고객님, 회원님"
)

# What counts rather than names, when it follows a number: minutes, hours, days, percent, characters, people, money.
UNITS = (
    "min*, minut*, minuten, mn, seg*, sec*, sek*, s, hrs*, hour*, h, std, stunde*, heure*, hora*, ore, ora, uur, timer, timmar, "
    "tunti*, tuntia, godzin*, hodin*, hod, ura, ure, saat*, dk, dakika*, deqiqe*, jam, menit*, minit*, phut, phút, gio, giờ, "
    "мин*, хв*, сек*, час*, годин*, дн*, day*, tag, tage, tagen, jour*, dia, dias, giorni, dagen, dagar, dage, dager, dni, nap, "
    "paiva*, gun, hari, ngay, ngày, λεπτ*, ωρ*, perc*, ora, digit*, character*, chars, people, times, points, pts, pkt, miles, "
    "pt, items, units, kg, g, km, m, cm, mm, gb, mb, kb, tb, kwh, percent, pm, am, uhr, klo, kl, eur, euro*, usd, gbp, chf, "
    "dollar*, pounds, pln, zl, kc, czk, huf, ft, ron, lei, sek, nok, dkk, kr, try, tl, rub, руб*, р, грн, uah, лв, bgn, inr, "
    "rs, jpy, yen, krw, won, cny, rmb, idr, myr, rm, thb, baht, vnd, đ, d, vnđ, brl, reais, mxn, pesos, aed, sar, sgd, aud, cad, "
    "nzd, zar, ngn, kes, ksh, tzs, php, azn, gel, amd, kzt, bdt, pkr, lkr, npr, ils, nis, followers, km2, вд, ₸, "
    "分, 分钟, 分鐘, 分間, 秒, 小时, 小時, 时, 時, 時間, 天, 日, 年, 月, 元, 円, 圓, 块, 件, 人, 回, 名, 位, 次, 분, 초, 시간, 일, 년, 월, 원, 개, "
    "자리, 桁, 点, ポイント, นาที, ชั่วโมง, วัน, บาท, ນາທີ, នាទី, မိနစ်, मिनट, घंटे, मिनिट, मिनेट, রু, মিনিট, ঘণ্টা, টাকা, "
    "நிமிட, నిమిష, ನಿಮಿಷ, മിനിറ്റ, મિનિટ, ਮਿੰਟ, විනාඩි, დაწუთ, წუთ, րոպե, דקות, שעות, שח, ש״ח, دقيقة, دقائق, دقیقه, ساعة, "
    "ساعات, ثانیه, ثانية, منٹ, ريال, ریال, تومان, درهم, دينار, جنيه, ደቂቃ, dakiqa, daqiqa, so'm, som, dakika, dakikalik, sekund*"
)
CURRENCIES = (
    "usd, eur, gbp, chf, inr, rs, rs., rm, rp, idr, sgd, aud, cad, nzd, hkd, nt, mxn, brl, zar, ngn, kes, ksh, tsh, tzs, aed, sar, "
    "qar, egp, php, thb, vnd, jpy, krw, cny, rmb, try, tl, pln, czk, huf, ron, sek, nok, dkk, kr, rub, uah, bgn, azn, gel, amd, "
    "kzt, ils, nis, pkr, bdt, lkr, npr, euro, ft, lei, тг, руб, грн, ر.س, د.إ"
)
# With a digit and letters, yet never codes.
NEVER = (
    "2fa, mp3, mp4, h264, 4g, 5g, 3d, 2d, 4k, 8k, co2, h2o, covid19, covid-19, b2b, b2c, p2p, i18n, k8s, s3, ec2, web3, utf8, utf-8, "
    "sha256, sha1, md5, oauth2, tls1, wpa2, wpa3, ps4, ps5, a4, a5, win10, win11, x86, x64, arm64, ipv4, ipv6, office365, ms365, 24x7, "
    "24-7, 7-eleven, 7eleven, fido2, u2f, 3ds, 3d-secure, psd2, 9gag, 4chan, 2step, 2-step, mi6, f1, g20, m365, o365, 1password"
)
SUBJECTS = "subject, betreff, objet, asunto, assunto, oggetto, onderwerp, temat, тема, konu, 件名, 主题, 主旨, 제목"
HEADERS = (
    "from, to, cc, bcc, date, sent, reply-to, message-id, received, return-path, mime-version, content-type, x-mailer, "
    "content-transfer-encoding, delivered-to, list-unsubscribe, von, an, datum, de, a, para, da, van, od, do, fecha, data, "
    "发件人, 收件人, 日期, 差出人, 宛先, 日時, от, кому, дата, list-id, in-reply-to, references, dkim-signature, sender, gesendet, "
    "보낸사람, 받는사람, 날짜, gonderen, kime, tarih"
)

# Magic links: what leads in, and what is never the way in.
LINK_IN = (
    "magic, login, signin, sign-in, log-in, sign_in, log_in, verify, verif, confirm, activate, activation, auth, token, otp, "
    "passwordless, attiva, conferma, accedi, activar, acceso, ingres, confirmer, activer, anmeld, bestatig, aktivier, potwierd, aktywuj, "
    "logowanie, zaloguj, overeni, overit, prihlas, aktivac, verifica, inlog, bevestig, kirjaudu, vahvista, dogrula, giris, aktivasyon, konfirmasi, regist, "
    "reset, recover, email-link, oobcode, callback, validate, sso, session, connexion, anmelden, bestaetigen, confirmar, verificar"
)
LINK_OUT = (
    "unsubscribe, unsub, optout, opt-out, preferences, prefs, help, support, faq, privacy, terms, legal, track, tracking, "
    "settings, facebook, twitter, linkedin, instagram, youtube, apps.apple, play.google, itunes, policy, about, blog, contact, "
    "report, revoke, deny, cancel, not-me, notme, wasnt-me, secure-account, invoice, order, abmelden, desabonn, feedback, survey, "
    "view-in-browser, webversion, browser-view, store, shop, product, logo, image, .png, .jpg, .gif"
)
CONFIRM = (
    "confirm*, bestatig*, bevestig*, confirme*, confirmez, conferma*, potwierd*, potvrd*, подтверд*, підтверд*, потвърд*, "
    "bekraft*, bekraeft*, bekreft*, vahvista*, megerosit*, onayla*, dogrula*, επιβεβαιω*, אשר, אישור, تأكيد, تایید, पुष्टि, "
    "確認, 确认, 確認, 확인, xac nhan, xác nhận, konfirmasi*, sahkan, ยืนยัน, activer, activez, activar, ativar, aktivier*, get started"
)
ENTER = (
    "use, enter, type, type in, input, submit, provide, reply with, nutze*, verwende*, gib, geben sie, eingeben, "
    "utilisez, saisissez, entrez, utilise, usa, use, utiliza, ingresa, introduce, introduzca, digite, insira, informe, "
    "utilize, inserisci, usa il, digita, wpisz, podaj, uzyj, zadejte, zadajte, unesite, vnesite, introduceti, gebruik, "
    "vul, voer, anvand, ange, brug, indtast, bruk, skriv, kayta, syota, введите, введіть, въведете, използвайте, используйте, "
    "girin, kullanin, dung, nhap, nhập, masukkan, gunakan, guna, dùng, استخدم, أدخل, ادخل, הזן, הזינו, हमारे, दर्ज, 请输入, 輸入, 输入, "
    "ใช้, กรอก, ingrese, irasykite, ievadiet, sisestage, adja meg, utilizati, πληκτρολογηστε, εισαγετε, χρησιμοποιηστε, tumia, ingiza, "
    "gamitin, ilagay, pop, punch in, key in, tap in, put"
)
WITH = "using, with, mit, avec, con, com"

# "Enter 4829 TO log in", "4829 VERIFIES your phone", "type 4829 INTO the WINDOW": what a number does that has no name.
AIMS = (
    "to, instead to, in order to, para, pour, afin de, per, um, om, om te, for at, til at, for a, for å, att, for att, aby, by, zeby, "
    "kako bi, da, pentru a, чтобы, щоб, за да, για να, untuk, de, để, upang, para sa, ili"
)
INTO = "into, in, on, at, for, instead on, dans, sur, en, im, in die, in der, auf, zum, zur, bei, do, na, в, на, для, on the, sa"
PROVES = (
    "verifies, confirms, approves, unlocks, activates, completes your, restores, resets, links your, authorises, authorizes, "
    "authenticates, validates, signs you in, logs you in, will verify, will confirm, will approve, will sign you in, will log you in, gets you in, lets you in, bestatigt, confirme votre, confirma tu, confirma su, "
    "confirma o seu, confirma a sua, autoriza, autorise, conferma il tuo, conferma la tua, autorizza, bevestigt, potwierdza, potvrzuje, "
    "подтверждает, підтверджує, onaylar"
)
GOING_ON = (
    "continue, proceed, finish, complete, unlock, get in, carry on, weiter*, fortfahren, fortzusetzen, continuar, seguir, terminar, "
    "entrar*, entres, continuer, poursuivre, terminer, entrer, proseguire, continuare, completare, entrare, doorgaan, verder, fortsatt*, "
    "fortsaet*, jatka*, kontynuowac, pokracov*, продолж*, продовж*, войти, devam, melanjutkan, teruskan"
)
PLACES = (
    "app, window, browser, website, web page, page, prompt, webseite, fenster, seite, page web, fenetre, site, pagina, ventana, "
    "aplicacion, aplicativo, finestra, venster, aplikac*, stranie, strance, prilozhen*, приложен*, окно, окне, сайте, ekrana, aplikasi"
)
# Said after a code, it is the old one.
STALE = (
    "has expired, is expired, expired, is no longer valid, no longer valid, no longer works, is not valid, is not valid any more, "
    "has been replaced, was replaced, is cancelled, has been cancelled, ist abgelaufen, ist nicht mehr gultig, ist ungultig, a expire, "
    "n est plus valable, n est plus valide, ha caducado, ha expirado, ya no es valido, ya no es valida, expirou, nao e mais valido, "
    "ja nao e valido, e scaduto, non e piu valido, is verlopen, is niet meer geldig, wygasl, stracil waznosc, vyprsel, истек, "
    "больше не действует, недействителен, больше не действителен, більше не діє, artik gecersiz, gecersiz"
)
# "Not even to the courier": who is named after these is only warned of.
EVEN = (
    "even, even with, even to, incl, including, nor, not even, auch nicht, selbst nicht, auch, einschliesslich, meme, pas meme, y compris, "
    "ni siquiera, incluso, ni, nem, nem mesmo, inclusive, nemmeno, neanche, zelfs niet, ook niet, inte ens, ikke engang, nawet, ani, "
    "даже, навіть, bahkan, termasuk, hatta, kahit"
)
ARTICLES = "our, the, your, a, any, to, with, to the, with the, al, au, aux, ao, para o, dem, den, der, mit dem, il, con il, met de"
# A payment that was made: its authorisation is the bank's, and nobody types it.
RECEIPTS = (
    "receipt, payment received, payment approved, purchase approved, transaction approved, sale total, subtotal, "
    "amount paid, paid, thank you for dining, thank you for shopping, thank you for your purchase, thank you for your business, "
    "thanks for shopping, beleg, kassenbon, zahlung erhalten, bezahlt, ticket de caisse, paiement accepte, recibo, "
    "compra aprobada, compra autorizada, compra realizada, pago aprobado, pago recibido, comprobante, comprovante, "
    "compra aprovada, pagamento aprovado, pago com, ricevuta, scontrino, pagamento effettuato, pagato, betaald, kvitto, kvittering, "
    "kuitti, paragon, zaplacono, uctenka, zaplaceno, чек, оплачено, квитанция, odendi"
)
