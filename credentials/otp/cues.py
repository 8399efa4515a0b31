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
    "guest network, invite*, referral*, refer a friend, meeting, webinar, appointment*, курьер*, repartidor, livreur, przesylk*,  raffle, prize, gewinnspiel, concert, venue, tickets, gift card*, redeem*"
)

# "code IS 1234", "1234 IS your code": words that may stand between a code and its name.
LINKERS = (
    "is, are, was, here, below, following, follows, as, this, the, enter, use, your, new, number, is the, no, nr, num, "
    "ist, lautet, sind, ihr, ihre, dein, deine, neue, neuer, est, voici, votre, ton, le, la, es, el, su, tu, son, is uw, uw, je, "
    "jouw, e, o, a, seu, sua, il, tuo, suo, la tua, este, codul, er, ar, din, ditt, ar din, on, ovat, onko, to, twoj, jest, twoje, "
    "je, vas, tvoj, vase, van, az, on sinun, yra, ir, tavs, jusu, de, del, da, di, do, otp, sms, pin, code, ваш, это, це, твой, "
    "е, ви, вашият, код, ειναι, σας, ο, το, kodunuz, kodu, هو, هي, است, הוא, שלך, है, का, হল, হলো, ആണ്, là, la, của bạn, ban, "
    "คือ, ของคุณ, adalah, anda, ialah, ni, yako, は, 为, 為, 是, 이, 은, 는, 次, です, 입니다, 如下, 下記, 以下, da, u, jest to, on, and, or, und, oder, et, ou, y, и, или, a, i, og, och, ve, 和, 或, または"
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
    "passwordless, email-link, oobcode, callback, validate, sso, session, connexion, anmelden, bestaetigen, confirmar, verificar"
)
LINK_OUT = (
    "unsubscribe, unsub, optout, opt-out, preferences, prefs, help, support, faq, privacy, terms, legal, track, tracking, "
    "settings, facebook, twitter, linkedin, instagram, youtube, apps.apple, play.google, itunes, policy, about, blog, contact, "
    "report, revoke, deny, cancel, not-me, notme, wasnt-me, secure-account, invoice, order, abmelden, desabonn, feedback, survey, "
    "recover, forgot, reset, view-in-browser, webversion, browser-view, store, shop, product, logo, image, .png, .jpg, .gif"
)
CONFIRM = (
    "confirm*, bestatig*, bevestig*, confirme*, confirmez, conferma*, potwierd*, potvrd*, подтверд*, підтверд*, потвърд*, "
    "bekraft*, bekraeft*, bekreft*, vahvista*, megerosit*, onayla*, dogrula*, επιβεβαιω*, אשר, אישור, تأكيد, تایید, पुष्टि, "
    "確認, 确认, 確認, 확인, xac nhan, xác nhận, konfirmasi*, sahkan, ยืนยัน, activer, activez, activar, ativar, aktivier*, get started"
)
ENTER = (
    "use, enter, type, type in, input, submit, using, with, provide, reply with, nutze*, verwende*, gib, geben sie, mit, eingeben, "
    "utilisez, saisissez, entrez, utilise, avec, usa, use, utiliza, ingresa, introduce, introduzca, digite, insira, informe, "
    "utilize, con, com, inserisci, usa il, digita, wpisz, podaj, uzyj, zadejte, zadajte, unesite, vnesite, introduceti, gebruik, "
    "vul, voer, anvand, ange, brug, indtast, bruk, skriv, kayta, syota, введите, введіть, въведете, използвайте, используйте, "
    "girin, kullanin, dung, nhap, nhập, masukkan, gunakan, guna, dùng, استخدم, أدخل, ادخل, הזן, הזינו, हमारे, दर्ज, 请输入, 輸入, 输入, "
    "ใช้, กรอก, ingrese, irasykite, ievadiet, sisestage, adja meg, utilizati, πληκτρολογηστε, εισαγετε, χρησιμοποιηστε, tumia, ingiza, "
    "gamitin, ilagay"
)
