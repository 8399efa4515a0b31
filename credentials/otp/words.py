"""What messages call a code, and what they call other numbers, by language: data for `extract`.

A word stands alone unless `*` lets it go on ("*code*" is in "Sicherheitscode"); scripts that set no spaces, or glue
articles on (Hebrew, Arabic, the Indic ones), always let it. Spaces also match a hyphen or a line break; accents and
case are folded away before comparing, as senders of short messages often drop them.
"""

# A code by any name: says what the number beside it is, unless the message sells, ships or books something.
CODE = {
    "en": "*code, *codes, passcode*, pin, pins, verification number, security number, security key, token, password, passwords",
    "de": "kennzahl, *kennwort, *passwort, *codes",
    "nl": "*toegangscode, inlogcijfers",
    "fr": "codes, cle de securite",
    "es": "*codigo*, *clave, *claves, contrasena temporal",
    "pt": "senha, senhas, palavra-passe",
    "it": "*codice, codici",
    "ca": "codi, clau",
    "eu": "*kode*, gakoa",
    "gl": "contrasinal",
    "ro": "cod, codul, codului, codului, parola",
    "pl": "*kod, *kodu, *kodem, haslo*",
    "cs": "kod, kodu, kodem, heslo",
    "sk": "kodom, kod",
    "sl": "koda, kodo, kode, geslo",
    "hr": "*kod*, zaporka, lozinka",
    "sq": "kodi, kodin",
    "hu": "*kod, *kodja, *kodot, *kodod, *kodjat, *jelszo*",
    "fi": "*koodi*, *tunnusluku*, salasana*",
    "et": "*kood, *koodi, parool*",
    "lv": "*kods, kodu, koda, parole",
    "lt": "*kodas, koda, kodo, slaptazodis",
    "sv": "*kod, *koden, *kode, *losenord*",
    "da": "*kode, *koden, *koder, adgangskode*",
    "no": "*kode, *koden, passord*",
    "is": "*kodi*, *kodinn, kodann, numer til stadfestingar",
    "ga": "cod, chod, chodu, pasfhocal",
    "cy": "cod, côd",
    "mt": "kodici",
    "tr": "*kod*, *sifre*, parola*, sifreniz",
    "az": "kod*, sifre*",
    "uz": "kod*, parol*",
    "ru": "*код*, пароль*, пин",
    "uk": "*код*, пароль*",
    "bg": "*код*, парола*",
    "mk": "*код*, лозинка",
    "kk": "*код*, құпиясөз",
    "mn": "*код*, нууц үг",
    "el": "*κωδικ*, pin",
    "ka": "კოდი, კოდ",
    "hy": "կոդ*, *կոդը, *կոդն, ծածկագիր*",
    "he": "קוד, סיסמ",
    "ar": "رمز, كود, الرقم السري, كلمة المرور, كلمة السر",
    "fa": "=کد, =کدِ, کد تایید, گذرواژه, رمز",
    "ur": "کوڈ, پن کوڈ",
    "hi": "कोड, पासवर्ड, कूट",
    "mr": "संकेतांक, कोड",
    "bn": "কোড, পাসওয়ার্ড",
    "ta": "குறியீடு, குறியீட்டு, கடவுச்சொல்",
    "te": "కోడ్, పాస్‌వర్డ్",
    "kn": "ಕೋಡ್",
    "ml": "കോഡ്",
    "gu": "કોડ",
    "pa": "ਕੋਡ",
    "si": "කේතය, කේත",
    "ne": "कोड",
    "th": "รหัส",
    "lo": "ລະຫັດ",
    "km": "កូដ",
    "my": "ကုဒ်, ကုတ်",
    "vi": "mã, ma otp, ma xac, ma bao mat, ma pin, mật khẩu, mat khau",
    "id": "kode, sandi, kata sandi",
    "ms": "kod, tac, kata laluan, nombor pengesahan",
    "tl": "kodigo, code",
    "sw": "msimbo, nambari ya siri, nywila, nambari ya kuthibitisha, namba ya siri",
    "am": "ኮድ",
    "zh": "码, 碼, 密码, 密碼",
    "ja": "コード, 暗証番号, パスワード, パスコード, 番号は, 確認番号",
    "ko": "코드, 번호는, 암호, 비밀번호, 확인번호",
    "eo": "*kodo*",
    "af": "kode, wagwoord",
}

# These are only ever used for one-time codes, whatever else the message says.
ONE_TIME = {
    "en": "otp, otp code, otc, one time code, one time password, one time passcode, one time pin, onetime code, "
    "two factor code, 2fa code, 2 step code, mfa code, temporary password, onetime password, "
    "single use code, dynamic code, one time security code, totp",
    "de": "tan, mtan, pushtan, phototan, chiptan, itan, smstan, mobiletan, einmalcode, einmalkennwort, einmalpasswort, einmal passwort, einmal code",
    "nl": "eenmalige code, eenmalig wachtwoord",
    "fr": "code a usage unique, mot de passe a usage unique, code unique, mot de passe unique, code ephemere",
    "es": "codigo de un solo uso, contrasena de un solo uso, clave dinamica, clave temporal, clave de un solo uso",
    "pt": "codigo de uso unico, senha de uso unico, senha descartavel, codigo unico, codigo descartavel",
    "it": "codice monouso, password monouso, codice usa e getta, codice temporaneo",
    "pl": "haslo jednorazowe, kod jednorazowy, jednorazow*",
    "cs": "jednorazov*",
    "hu": "egyszer hasznalatos, egyszeri *",
    "fi": "kertakayttoi*, kertakaytto*",
    "sv": "engangskod*, engangslosenord*",
    "no": "engangskode*, engangspassord*",
    "da": "engangskode*, engangsadgangskode*",
    "ro": "cod unic, parola unica, cod de unica folosinta, parola de unica folosinta",
    "tr": "tek kullanimlik*",
    "ru": "одноразов*, смс-код, sms-код, код из смс",
    "uk": "одноразов*",
    "bg": "еднократ*",
    "el": "μιας χρησης",
    "he": "חד פעמי, חד-פעמי",
    "ar": "لمرة واحدة",
    "fa": "یکبار مصرف, یک بار مصرف, رمز پویا",
    "hi": "ओटीपी, वन टाइम",
    "bn": "ওটিপি",
    "ta": "ஓடிபி",
    "te": "ఓటిపి, ఓటీపీ",
    "vi": "mã otp, mật khẩu một lần",
    "id": "kode otp, kata sandi sekali pakai, kode sekali pakai",
    "th": "โอทีพี, ใช้ครั้งเดียว",
    "zh": "验证码, 驗證碼, 校验码, 校驗碼, 动态码, 动态密码, 動態密碼, 一次性密码, 一次性密碼, 随机码, 随机密码, 认证码, 認證碼, "
    "检验码, 激活码, 确认码, 確認碼, 安全码, 安全碼, 登录码, 登入碼, 短信口令, 动态口令, 识别码, 一次性验证码",
    "ja": "認証コード, 確認コード, 認証番号, ワンタイム, 検証コード, 認証用コード, セキュリティコード, ログインコード",
    "ko": "인증번호, 인증 번호, 인증코드, 인증 코드, 일회용, 승인번호, 보안코드, 보안 코드, 본인확인번호",
    "ka": "ერთჯერადი",
    "hy": "մեկանգամյա",
}

# Wording of signing in and of proving who one is; makes the words in CODE certain, and a link a magic one.
SIGN_IN = {
    "en": "*verif*, authentic*, authoriz*, authoris*, log in, log on, login, logging in, sign in, sign on, signing in, "
    "sign up, signing up, signup, two factor, 2fa, 2 step, two step, mfa, one time, identity, confirm it s you, "
    "confirm your identity, magic link, security code, activation, activate, register*, passwordless",
    "de": "anmeld*, *anmeldung, einlogg*, bestatig*, *freigabe*, authentifiz*, identitat, zugang*, sicherheitscode*, "
    "registrier*, aktivier*",
    "nl": "inlog*, aanmeld*, *bevestig*, *toegang*, beveiligings*, verifi*",
    "fr": "connexion, connecter, connectez, identifi*, authentifi*, acceder, validation, valider, inscription",
    "es": "iniciar sesion, inicio de sesion, inicia sesion, acceso, acceder, autentic*, ingres*, registr*, seguridad, "
    "confirmar tu*, identidad",
    "pt": "entrar, acesso, acessar, autentic*, iniciar sessao, seguranca, confirmar sua, inicio de sessao, identidade",
    "it": "acced*, accesso, autentic*, identita, sicurezza, conferma la tua, registrazione",
    "ca": "acces, accedir, inici de sessio, iniciar sessio, autentic*",
    "eu": "egiaztatze*, egiaztapen*, saioa hasi*, baieztatze*",
    "ro": "autentific*, conect*, conectare, securitate, logare",
    "pl": "logowani*, zalog*, weryfik*, potwierd*, uwierzyt*, autoryz*, dostep*, rejestr*",
    "cs": "prihlas*, overen*, overt*, overov*, overit*, autoriz*, registr*, potvrzovac*, bezpecnostn*",
    "sk": "prihlas*, overen*, overovac*, potvrdzovac*, bezpecnostn*",
    "sl": "prijav*, preverj*, potrdit*, varnostn*",
    "hr": "prijav*, potvrd*, provjer*, verifik*, sigurnosn*, autentifik*",
    "sq": "verifik*, identifik*, hyrje*",
    "hu": "bejelentkez*, belep*, hitelesit*, azonosit*, *megerosit*, ellenorz*, biztonsagi*, regisztrac*",
    "fi": "kirjaut*, *vahvist*, *tunnist*, todenn*, turvakood*, varment*",
    "et": "sisselogi*, kinnit*, tuvast*, logi sisse, turvakood*",
    "lv": "pieteik*, apstiprin*, parbaud*, autoriz*, pieslegt*",
    "lt": "prisijung*, patvirt*, tapatyb*, patikr*",
    "sv": "logga in, inlogg*, *bekraft*, *verifiering*, legitimer*, sakerhets*, identitet",
    "da": "log ind, log pa, *bekræft*, *bekraeft*, *godkend*, *sikkerheds*",
    "no": "logg inn, innlogg*, *bekreft*, *godkjenn*, sikkerhets*, palogging*",
    "is": "innskran*, stadfest*, skra inn, audkenn*, oryggis*",
    "ga": "fioraith*, logail isteach",
    "cy": "dilys*, mewngofnodi",
    "tr": "dogrula*, giris*, onay*, kimlik, guvenlik*, uyelik*, aktivasyon*",
    "az": "tesdiq*, giris*, tehlukesizlik",
    "uz": "tasdiq*, kirish*",
    "ru": "вход*, войти, подтвержд*, авториз*, регистрац*, верифик*, проверочн*, доступ*, активац*",
    "uk": "вхід*, вход*, увійти, підтвердж*, авториз*, реєстрац*, верифік*, перевірк*, доступ*",
    "bg": "вход*, влез*, потвърж*, верифик*, удостовер*, регистрац*",
    "mk": "потврд*, најав*, верифик*",
    "sr": "потврд*, пријав*, верифик*",
    "kk": "растау*, кіру*, тіркел*",
    "mn": "баталгаажуул*, нэвтр*",
    "el": "επαληθευ*, επιβεβαιω*, συνδε*, ταυτοποι*, εισοδ*, ασφαλει*",
    "ka": "ვერიფიკაც, დადასტურებ, შესვლ, ავტორიზაც",
    "hy": "հաստատ*, մուտք*, ստուգ*",
    "he": "אימות, כניסה, להתחבר, התחברות, לאימות, זיהוי, הזדהות",
    "ar": "التحقق, تحقق, تسجيل الدخول, الدخول, تأكيد, توثيق, التفعيل, تفعيل, المصادقة, دخول",
    "fa": "تایید, تأیید, ورود, احراز, فعال سازی, فعالسازی",
    "ur": "تصدیق, لاگ ان",
    "hi": "सत्याप, लॉगिन, लॉग इन, प्रमाणीकरण, साइन इन, पुष्टि",
    "mr": "पडताळणी, लॉगिन",
    "bn": "যাচাই, লগইন, লগ ইন, ভেরিফিকেশন",
    "ta": "சரிபார்ப்பு, உள்நுழை",
    "te": "ధృవీకరణ, లాగిన్, ధ్రువీకరణ",
    "kn": "ಪರಿಶೀಲನಾ, ಲಾಗಿನ್",
    "ml": "സ്ഥിരീകരണ, പരിശോധനാ, ലോഗിൻ",
    "gu": "ચકાસણી, લૉગિન",
    "pa": "ਤਸਦੀਕ, ਪੁਸ਼ਟੀ, ਲੌਗਇਨ",
    "si": "සත්‍යාපන, තහවුරු",
    "ne": "प्रमाणिकरण, लगइन",
    "th": "ยืนยัน, เข้าสู่ระบบ, ความปลอดภัย",
    "lo": "ຢືນຢັນ",
    "km": "ផ្ទៀងផ្ទាត់, ចូល",
    "my": "အတည်ပြု",
    "vi": "xác thực, xác minh, xác nhận, đăng nhập, xac thuc, xac minh, xac nhan, dang nhap, kích hoạt",
    "id": "verifikasi, masuk, konfirmasi, login",
    "ms": "pengesahan, log masuk, sahkan",
    "tl": "mag-log in, beripika*, pag-verify",
    "sw": "kuthibitisha, uthibitishaji, kuingia",
    "am": "ማረጋገጫ, መግቢያ",
    "zh": "登录, 登錄, 登入, 登陆, 验证, 驗證, 身份, 注册, 註冊, 认证",
    "ja": "ログイン, サインイン, 認証, 本人確認, ご本人",
    "ko": "인증, 로그인, 본인확인, 본인 확인, 가입",
    "af": "aanteken*, verifieer*",
}

# What other numbers are called: the number after such a label is no code, and "promo code" is none either.
EXCLUDING = {
    "en": "order*, invoice*, bill, receipt, tracking, track, parcel*, package, shipment, consignment, awb, waybill, phone, "
    "telephone, tel, mobile no, mobile number, cell, call, call us, fax, hotline, helpline, text, sms to, reply, whatsapp us, "
    "account number, account no, account ending, a c, acct, acc, ending, ending in, ending with, ends with, last four digits, "
    "last 4 digits, card number, card no, card ending, iban, bic, swift, sort code, routing number, reference*, ref, ref no, "
    "case, case number, ticket*, incident, claim, policy, flight*, gate, seat, terminal, train, coach, platform, room, booking*, "
    "reservation*, pnr, confirmation number, record locator, version, release, build, ver, promo*, voucher*, coupon*, discount*, "
    "referral code, invite code, invitation code, gift card*, gift code, offer code, postal code, postcode, zip, zip code, "
    "zipcode, po box, suite, area code, country code, dial*, short code, shortcode, qr code, barcode, bar code, model, "
    "serial number, sku, item, product code, article, vat, tax id, member number, membership number, customer number, "
    "customer id, client number, user id, meeting id, loan, transaction, transaction id, txn, trx, id no, request id, request, "
    "pickup code, pick up code, collection code, locker code, door code, gate code, wifi password, error code, error, status, "
    "source code, dress code, old code, previous code, earlier code, expired code, license plate, plate, balance, amount, "
    "amt, total, sum of, price, pay, paid, payment of, ip, ip address, points, copyright, since, opt out, to stop, "
    "stop to, unsubscribe, queue, job, issue, commit, pr, bug, code of conduct, sort-code, student id, patient id, session id",
    "de": "*bestell*, auftrag*, *rechnung*, *sendung*, paket*, *telefon*, rufnummer, hotline, anruf*, kundennummer, "
    "kundennr, kontonummer, konto, karte, endet auf, endziffern, vorgang*, aktenzeichen, flug, buchung*, *gutschein*, rabatt*, "
    "rabattcode, postleitzahl, plz, postfach, betrag, vertrag*, referenz*, fehlercode, abholcode, zug, gleis, sitz, "
    "mitgliedsnummer, ust-id, zimmer, kennzeichen, aktionscode, bankleitzahl, blz, steuernummer, hrb",
    "nl": "bestel*, *factuur*, pakket*, zending*, telefoon*, bel, klantnummer, rekening*, eindigend op, eindigt op, vlucht, "
    "boeking*, korting*, kortingscode, postcode, referentie*, dossier*, kenmerk, actiecode, afhaalcode, kvk, foutcode, ordernummer",
    "fr": "commande*, facture*, colis, suivi, telephone, appelez, appeler, client, compte n, terminant par, se terminant, "
    "dossier, vol, reservation, code promo, promo*, reduction, code postal, bp, montant, siret, billet, place, siege, "
    "voiture, contrat*, remise, code de retrait, code avantage, carte fidelite",
    "es": "pedido*, factura*, paquete, envio, seguimiento, rastreo, telefono, llama*, llame, cuenta terminada, terminada en, "
    "termina en, terminacion, tarjeta, expediente, vuelo, reserva*, localizador, codigo promocional, descuento, cupon*, "
    "codigo postal, importe, monto, referencia, ticket, guia, cp, asiento, folio, poliza, codigo de recogida, nif, cif",
    "pt": "pedido*, fatura*, encomenda, rastreio, rastreamento, telefone, ligue, conta final, final, terminado em, terminada em, "
    "voo, reserva, localizador, cupom, cupao, desconto, cep, codigo postal, valor, protocolo, boleto, cnpj, processo, nif",
    "it": "ordine, ordini, fattura*, pacco, spedizion*, tracciamento, telefono, chiama*, carta, che termina, volo, prenotazion*, "
    "sconto, buono, coupon, codice postale, cap, importo, pratica, riferimento, posto, carrozza, binario, partita iva, "
    "codice fiscale, codice cliente, codice promozionale, contratto, bolletta",
    "pl": "zamowieni*, faktur*, paczk*, przesylk*, telefon*, zadzwon*, rachunek, konczac*, lot, rezerwacj*, rabat*, kod rabatowy, "
    "kod pocztowy, kwot*, zgloszeni*, sprawa, nip, infolini*, kod odbioru, kupon*",
    "cs": "objednavk*, faktur*, zasilk*, balik*, telefon*, volejte, rezervac*, sleva, slevov*, psc, castka, ucet, konci*",
    "sk": "objednavk*, faktur*, zasielk*, balik*, zlav*, suma, rezervaci*",
    "hr": "narudzb*, racun*, posiljk*, paket, popust*, iznos, rezervacij*, narocil*, ponudb*",
    "hu": "rendeles*, szamla*, szamlasz*, csomag*, telefon*, jarat, foglalas*, kupon*, kedvezmeny*, iranyitoszam, osszeg, hivja",
    "ro": "comand*, factur*, colet*, awb, telefon, sunati, zbor, rezervare*, reducere, cod promotional, cod postal, suma, cont",
    "fi": "tilau*, lasku*, pakett*, lahetys*, puhelin*, soita, lento, varau*, alennus*, postinumero, summa, viite*, asiakasnumero",
    "et": "tellimus*, arve, pakk, paki, telefon, lend, broneering*, soodus*, summa",
    "lv": "pasutijum*, rekin*, sutijum*, talrun*, reiss, atlaid*, summa",
    "lt": "uzsakym*, saskait*, siunt*, telefon*, skrydis, nuolaid*, suma",
    "sv": "*order*, bestallning*, faktura*, paket*, kolli*, telefon*, ring, flyg, bokning*, rabatt*, rabattkod, postnummer, belopp, "
    "arende*, kundnummer, ocr, hamtkod, bokningskod",
    "da": "ordre*, faktura*, pakke*, telefon*, ring, fly, booking*, rabat*, rabatkode, postnummer, belob, sag, afhentningskode",
    "no": "ordre*, bestilling*, faktura*, sending*, ring, rabatt*, rabattkode, belop, saksnummer, hentekode",
    "is": "pontun*, reikning*, simi, afslatt*, flug, bokun*",
    "tr": "siparis*, fatura*, kargo, takip, telefon*, arayin, ucus, rezervasyon*, indirim*, kupon*, posta kodu, tutar*, hesap, kart, "
    "biten, basvuru, poliçe, teslimat kodu, musteri no, abone no, referans",
    "az": "sifaris*, qaime, ucus, endirim*, mebleg",
    "ru": "заказ*, счет*, посылк*, отправлен*, трек*, телефон*, звоните, карта, карты, оканчив*, рейс*, брон*, промокод*, скидк*, "
    "купон*, индекс, сумма, обращени*, заявк*, договор*, остаток, баланс, поезд, вагон, место, инн, код получения, накладн*",
    "uk": "замовлен*, рахун*, посилк*, відправлен*, ттн, телефон*, дзвоніть, картк*, рейс*, брон*, промокод*, знижк*, купон*, "
    "індекс, сума, звернен*, договор*, накладн*",
    "bg": "поръчк*, фактур*, пратк*, телефон*, полет, резервац*, отстъпк*, сума, промо*, товарителниц*",
    "sr": "поруџбин*, рачун, пошиљк*, лет, попуст*, износ",
    "el": "παραγγελ*, τιμολογ*, δεμα*, αποστολ*, τηλ*, καλεστε, πτηση*, κρατηση*, εκπτωσ*, κουπονι*, ταχυδρομικ*, ποσο*, "
    "λογαριασμ*, αρ",
    "ka": "შეკვეთ, ინვოის, თანხა, ფასდაკლებ",
    "hy": "պատվեր*, գումար*, զեղչ*",
    "he": "הזמנה, הזמנת, חשבונית, משלוח, חבילה, טלפון, חייגו, טיסה, קופון, הנחה, מיקוד, סכום, כרטיס המסתיים, פנייה",
    "ar": "طلب, فاتورة, الفاتورة, شحنة, شحنتك, التتبع, هاتف, اتصل, رحلة, حجز, خصم, قسيمة, الرمز البريدي, مبلغ, المبلغ, المنتهية, "
    "تنتهي, رصيد, كود الخصم, مرجع",
    "fa": "سفارش, فاکتور, مرسوله, تلفن, تماس, پرواز, رزرو, تخفیف, کد پستی, مبلغ, رهگیری, پیگیری",
    "ur": "آرڈر, رقم",
    "hi": "ऑर्डर, चालान, बिल, पार्सल, फोन, कॉल, उड़ान, बुकिंग, छूट, कूपन, राशि, खाता, पिन कोड, रुपये",
    "bn": "অর্ডার, টাকা, কল, বুকিং, ছাড়",
    "ta": "ஆர்டர், ரூ",
    "te": "ఆర్డర్, రూ",
    "th": "คำสั่งซื้อ, พัสดุ, เลขพัสดุ, โทร, เที่ยวบิน, การจอง, ส่วนลด, คูปอง, ยอด, จำนวนเงิน, บัญชี, ใบแจ้งหนี้, รหัสไปรษณีย์, โค้ดส่วนลด",
    "vi": "đơn hàng, don hang, mã đơn, mã khách hàng, mã số thuế, mã số, hóa đơn, vận đơn, mã vận đơn, gọi, hotline, tổng đài, chuyến bay, mã đặt chỗ, đặt chỗ, "
    "giảm giá, mã giảm giá, mã khuyến mãi, mã bưu chính, số tiền, số dư, tài khoản, tk, so du, so tien",
    "id": "pesanan, faktur, tagihan, resi, paket, telepon, hubungi, penerbangan, kode booking, diskon, kode promo, kode pos, "
    "kupon, jumlah, rekening, saldo, nomor pelanggan",
    "ms": "pesanan, invois, bungkusan, penjejakan, telefon, hubungi, penerbangan, tempahan, diskaun, kod promosi, poskod, jumlah, akaun",
    "tl": "tumawag, halaga",
    "sw": "agizo, piga simu, kiasi, salio, punguzo",
    "zh": "订单*, 訂單, 快递, 快遞, 运单, 單號, 单号, 电话, 電話, 致电, 客服, 热线, 航班, 预订, 預訂, 优惠码, 優惠碼, 优惠券, 折扣码, "
    "邮编, 邮政编码, 金额, 金額, 尾号, 尾號, 末四位, 余额, 發票, 发票, 取件码, 取件碼, 提货码, 邀请码, 车次, 编号, 編號, 取餐码, 流水号, "
    "兑换码, 卡号, 号码, 號碼, 手机号, 手機號, 条形码, 帐号, 账号, 二维码, 收费, 取货码",
    "ja": "注文, ご注文, 請求, 伝票, 追跡, 電話, 便名, 便, 予約, 割引, クーポン, クーポンコード, 郵便番号, 金額, 末尾, 下4桁, 下四桁, 受付番号, "
    "お問い合わせ番号, 会員番号, 口座, 残高, 整理番号, 問合せ番号, エラーコード, プロモーションコード, QRコード, バーコード, 紹介コード, 〒",
    "ko": "주문, 송장, 운송장, 택배, 전화, 항공편, 편명, 예약, 할인, 쿠폰, 우편번호, 금액, 계좌, 잔액, 접수번호, 회원번호, 고객센터, 문의, 청구",
}
