"""What messages call numbers that are no codes, by language: data for `extract`, in the notation of words.py."""

# What other numbers are called: the number after such a label is no code, and "promo code" is none either.
EXCLUDING = {
    "en": "order*, invoice*, bill, receipt, tracking, track, parcel*, package, shipment, consignment, awb, waybill, phone, telephone, "
    "tel, mobile no, mobile number, cell, call, call us, fax, hotline, helpline, text, sms to, reply, whatsapp us, "
    "account number, account no, account ending, a c, acct, acc, ending, ending in, ending with, ends with, last four digits, "
    "last 4 digits, card number, card no, card ending, iban, bic, swift, sort code, routing number, reference*, ref, ref no, "
    "case, case number, ticket*, incident, claim, policy, flight*, gate, seat, terminal, train, coach, platform, room, booking*, "
    "reservation*, pnr, confirmation number, record locator, version, release, build, ver, promo*, voucher*, coupon*, discount*, "
    "referral code, invite code, invitation code, gift card*, gift code, offer code, postal code, postcode, zip, zip code, "
    "zipcode, po box, suite, area code, country code, dial*, short code, shortcode, qr code, barcode, bar code, model, "
    "serial number, sku, item, product code, vat, tax id, member number, membership number, customer number, customer id, "
    "client number, user id, meeting id, loan, transaction, transaction id, txn, trx, id no, request id, request, pickup code, "
    "pick up code, collection code, locker code, door code, gate code, wifi password, error code, error, status, source code, "
    "dress code, old code, previous code, earlier code, expired code, license plate, plate, balance, amount, amt, total, sum of, "
    "price, pay, paid, payment of, ip, ip address, points, copyright, since, opt out, to stop, stop to, unsubscribe, queue, job, "
    "issue, commit, pr, bug, code of conduct, sort-code, student id, patient id, session id, purchase code, versioncode, "
    "version code, encode, decode, unicode, opcode, qrcode, exit code, return code, response code, status code, error number, replaces, replacing, instead of, "
    "door pin, alarm code, coupon code, redemption code, activation fee, sim number, imei, vin, order id, order no, order number, "
    "reservation code, booking code, booking reference, confirmation no, confirmation #, conf, customer code, client code, "
    "agent code, branch code, swift code, bank code, tax code, vat code, hs code, product key, license key, serial, batch, meter, "
    "table, apt, street, ave, avenue, blvd, no. of, total of, member id, employee id, account id, organization, org id, "
    "tenant id, device id, correlation id, trace id, reference code, reference number, reference id, case id, ticket id, "
    "support id, complaint, application number, application no, docket, voucher code, pickup number, pickup pin, delivery pin, "
    "delivery code, collection pin, locker pin, parking, serial no, text back, dial, code to redeem, bsb, username, user name, "
    "login id, customer no, esim, iccid, lpa, sign in id, kiosk, rx, prescription, payment confirmation code, council tax, "
    "backup codes left, cvv, cvc, gift card security code",
    "de": "*bestell*, auftrag*, *rechnung*, *sendung*, paket*, *telefon*, rufnummer, hotline, anruf*, kundennummer, kundennr, "
    "kontonummer, konto, karte, endet auf, endziffern, vorgang*, aktenzeichen, flug, buchung*, *gutschein*, rabatt*, rabattcode, "
    "postleitzahl, plz, postfach, betrag, vertrag*, referenz*, fehlercode, abholcode, zug, gleis, sitz, mitgliedsnummer, ust-id, "
    "zimmer, kennzeichen, aktionscode, bankleitzahl, blz, steuernummer, hrb, bestellnr, auftragsnummer, vorgangsnummer, "
    "ticketnummer, fallnummer, tischnummer, tischreservierung, terminnummer, wartenummer, zaehlernummer, zahlernummer, "
    "vertragsnummer, versicherungsnummer, kartennummer, kartenende, endziffer, tuercode, turcode, einlosecode, abholnummer, "
    "abhol-pin, lieferschein, seriennummer, artikelnummer, strasse, straße, hausnummer, fahrgestellnummer, transaktionsnummer, "
    "transaktions-id, version, filiale, kassenbon, bon, ruckfragen, tel, saldo, verwendungszweck, glaubiger-id, mandatsreferenz, "
    "schliessfach, sicherheitsgurt, benutzername, kundenkennzahl, zugangsnummer, teilnehmernummer, anschlusskennung, nutzername",
    "nl": "bestel*, *factuur*, pakket*, zending*, telefoon*, bel, klantnummer, rekening*, eindigend op, eindigt op, vlucht, boeking*, "
    "korting*, kortingscode, postcode, referentie*, dossier*, kenmerk, actiecode, afhaalcode, kvk, foutcode, ordernummer, "
    "bestelnummer, ordernr, klantnr, factuurnummer, referentienummer, ophaalcode, zaaknummer, ticketnummer, saldo, transactie, "
    "pas eindigend, pasnummer, deurcode, meterstand, contractnummer, bsn, burgerservicenummer, mandaat, gebruikersnaam, "
    "inlognaam, kaart",
    "fr": "commande*, facture*, colis, suivi, telephone, appelez, appeler, client, compte n, terminant par, se terminant, dossier, vol, "
    "reservation, code promo, promo*, reduction, code postal, bp, montant, siret, billet, siege, voiture, contrat*, remise, "
    "code de retrait, code avantage, carte fidelite, n° de commande, numero de commande, numero de dossier, numero de client, "
    "reference, ref, numero de suivi, rdv, digicode, code porte, code d acces wifi, code cadeau, code article, carte cadeau, "
    "solde, rue, avenue, etage, appt, appartement, interphone, quai, code erreur, erreur, code banque, code guichet, transaction, "
    "virement n, retrait, retirer, carte se terminant, ticket, numero d ordre, identifiant, identifiants, nom d utilisateur",
    "es": "pedido*, factura*, paquete, envio, seguimiento, rastreo, telefono, llama*, llame, cuenta terminada, terminada en, "
    "termina en, terminacion, tarjeta, expediente, vuelo, reserva*, localizador, codigo promocional, descuento, cupon*, "
    "codigo postal, importe, monto, referencia, ticket, guia, cp, asiento, folio, poliza, codigo de recogida, nif, cif, "
    "numero de pedido, numero de n de pedido, num pedido, numero de seguimiento, numero de cliente, codigo de cliente, "
    "codigo de error, codigo de reserva, codigo de envio, codigo de entrega, codigo de retiro, codigo de barras, saldo, calle, "
    "piso, puerta, transaccion, operacion n, num operacion, turno, mesa, referencia de pago, num ref, numero de referencia, "
    "contrato, suministro, matricula, marca al, recarga, tarjeta terminada, terminada, cuenta, clabe, rfc, cuit, dni, usuario, "
    "nombre de usuario, codigo de turno",
    "pt": "pedido*, fatura*, encomenda, rastreio, rastreamento, telefone, ligue, conta final, final, terminado em, terminada em, voo, "
    "reserva, localizador, cupom, cupao, desconto, cep, codigo postal, valor, protocolo, boleto, cnpj, processo, nif, "
    "numero do pedido, n do pedido, nota fiscal, codigo de barras, codigo de rastreio, codigo de rastreamento, codigo de entrega, "
    "codigo de retirada, codigo do cliente, codigo do produto, senha de atendimento, saldo, rua, andar, apto, transacao, agencia, "
    "cpf, referencia, contrato, matricula, cartao final, protocolo de atendimento, mesa, utilizador, nome de usuario, usuario, "
    "levantamento",
    "it": "ordine, ordini, fattura*, pacco, spedizion*, tracciamento, telefono, chiama*, carta, che termina, volo, prenotazion*, "
    "sconto, buono, coupon, codice postale, cap, importo, pratica, riferimento, posto, carrozza, binario, partita iva, "
    "codice fiscale, codice cliente, codice promozionale, contratto, bolletta, numero ordine, n ordine, numero pratica, "
    "numero cliente, codice errore, codice ritiro, codice prenotazione, codice pacco, numero di riferimento, saldo, transazione, "
    "terminante, terminante con, bonifico n, scontrino, targa, tavolo, biglietto, treno, nome utente, utente, codice utente",
    "pl": "zamowieni*, faktur*, paczk*, przesylk*, telefon*, zadzwon*, rachunek, konczac*, lot, rezerwacj*, rabat*, kod rabatowy, "
    "kod pocztowy, kwot*, zgloszeni*, sprawa, nip, infolini*, kod odbioru, kupon*, nr zamowienia, numer zamowienia, numer sprawy, "
    "numer klienta, nr klienta, numer referencyjny, nr ref, umow*, saldo, mieszkanie, pokoj, karta, karty, karte, transakcj* nr, "
    "wizyt*, peron, wagon, miejsce, kod kreskowy, kod bledu, pesel, regon, polis*, stolik, kod do odbioru, kod rabat*, "
    "kodem rabat*, login, identyfikator, nazwa uzytkownika",
    "cs": "objednavk*, faktur*, zasilk*, balik*, telefon*, volejte, rezervac*, sleva, slevov*, psc, castka, ucet, konci*, "
    "cislo objednavky, cislo zasilky, cislo uctu, cislo smlouvy, cislo karty, variabilni symbol, zakaznicke cislo, karty, kartou, "
    "karta, castku, zustatek, ulice, vlak, vuz, rezervace, kod chyby, vydej*, vyzvedn*, kontejner, infolinka, faktura, dic, ico, "
    "uzivatelske jmeno, klientske cislo",
    "sk": "objednavk*, faktur*, zasielk*, balik*, zlav*, suma, rezervaci*, cislo objednavky, cislo zasielky, cislo uctu, cislo zmluvy, "
    "variabilny symbol, karty, kartou, karta, zostatok, ulica, vlak, rezervacia, infolinka, faktura, dic, ico, vydaj*, "
    "vyzdvihn*",
    "hr": "narudzb*, racun*, posiljk*, paket, popust*, iznos, rezervacij*, narocil*, ponudb*, broj narudzbe, broj posiljke, "
    "broj racuna, broj kartice, kartica, kartice, karticom, stanje, poziv na broj, ulica, oib, sifra artikla, broj klijenta, "
    "preuzimanj*, kupon*, ",
    "hu": "rendeles*, szamla*, szamlasz*, csomag*, telefon*, jarat, foglalas*, kupon*, kedvezmeny*, iranyitoszam, osszeg, hivja, "
    "rendelesszam, csomagszam, ugyfelszam, szamlaszam, kartya, kartyaja, kartyaval, vegu, egyenleg, utca, szazalek, foglalasi, "
    "hibakod, szerzodes*, azonositoja, cikkszam, atveteli, asztal, vonat, kocsi, hely, felhasznalonev",
    "ro": "comand*, factur*, colet*, awb, telefon, sunati, zbor, rezervare*, reducere, cod promotional, cod postal, suma, cont, "
    "numar comanda, nr comanda, numar factura, cardul, cardului, terminat in, strada, client, cod client, cod fiscal, cui, "
    "cod de ridicare, cod eroare, contract, dosar, programare*, masa, vagon, nume utilizator, utilizator",
    "fi": "tilau*, lasku*, pakett*, lahetys*, puhelin*, soita, lento, varau*, alennus*, postinumero, summa, viite*, asiakasnumero, "
    "tilausnumero, laskunumero, viitenumero, kortti, kortin, paattyva, saldo, katu, noutokoodi, seurantakoodi, lahetystunnus, "
    "aika, paikka, juna, vaunu, asiakasnro, sopimus*, virhekoodi, poyta",
    "et": "tellimus*, arve, pakk, paki, telefon, lend, broneering*, soodus*, summa, tellimuse, arve nr, viitenumber, kaardi, "
    "jaak, saadetis*, kliendinumber, leping*, veakood, ",
    "lv": "pasutijum*, rekin*, sutijum*, talrun*, reiss, atlaid*, summa, pasutijuma, rekina, kart*, atlikums, iela, ligum*, klienta, "
    "sanemsanas, galdin*, vieta",
    "lt": "uzsakym*, saskait*, siunt*, telefon*, skrydis, nuolaid*, suma, uzsakymo, saskaitos, kortel*, likutis, sutarti*, kliento, "
    "atsiemimo, vieta, staliuk*, klaidos kodas",
    "sv": "*order*, bestallning*, faktura*, paket*, kolli*, telefon*, ring, flyg, bokning*, rabatt*, rabattkod, postnummer, belopp, "
    "arende*, kundnummer, ocr, hamtkod, bokningskod, ordernr, ordernummer, fakturanr, kollinr, kort, kortet, kortnummer, "
    "slutar pa, saldo, gatan, referensnr, referensnummer, arendenr, arendenummer, portkod, felkod, personnummer, avtal*, vagn, "
    "plats, anvandarnamn",
    "da": "ordre*, faktura*, pakke*, telefon*, ring, fly, booking*, rabat*, rabatkode, postnummer, belob, sag, afhentningskode, "
    "ordrenr, fakturanr, pakkenr, kort, kortet, kortnummer, saldo, referencenr, sagsnr, kundenr, kundenummer, fejlkode, "
    "aftale*, tog, vogn, plads, mobilepay nr, dorkode, reg nr, kontonr",
    "no": "ordre*, bestilling*, faktura*, sending*, ring, rabatt*, rabattkode, belop, saksnummer, hentekode, ordrenr, fakturanr, "
    "pakkenr, kort, kortet, kortnummer, saldo, vei, referansenr, referanse*, saksnr, kundenr, kundenummer, feilkode, avtale*, "
    " tog, vogn, sete, kontonr, avbestill*",
    "is": "pontun*, reikning*, simi, afslatt*, flug, bokun*, pontunarnumer, kort, kortid, stada, kvittun, tilvisun*, sendingarnumer, "
    "bord, heimilisfang",
    "tr": "siparis*, fatura*, kargo, takip, telefon*, arayin, ucus, rezervasyon*, indirim*, kupon*, posta kodu, tutar*, hesap, kart, "
    "biten, basvuru, poliçe, teslimat kodu, musteri no, abone no, referans, siparis no, siparis numaran*, takip no, fatura no, "
    "musteri numaran*, karti*, sonu, ile biten, bakiye*, sokak, cadde, daire, referans no, islem no, dekont, randevu*, koltuk, "
    "vagon, hata kodu, tesisat, sozlesme*, police*, plaka, teslimat, kupon kod*, indirim kod*, kampanya*, yazip, kullanici adi, "
    "uye no",
    "az": "sifaris*, qaime, ucus, endirim*, mebleg, sifaris nomresi, kart*, balans, kod promosu, izleme, referans, ",
    "ru": "заказ*, счет*, посылк*, отправлен*, трек*, телефон*, звоните, карта, карты, оканчив*, рейс*, брон*, промокод*, скидк*, "
    "купон*, индекс, сумма, обращени*, заявк*, договор*, остаток, баланс, поезд, вагон, место, инн, код получения, накладн*, "
    "номер заказа, заказ №, номер договора, номер обращения, номер карты, карте, карту, картой, счета, счете, улица, ул, "
    "квартира, кв, домофон, купе, автобус, трек-номер, накладная, штрихкод, штрих-код, бонус*, чек, квитанци*, полис*, талон*, "
    "очеред*, ошибк*, код ошибки, код выдачи, код для получения, код заказа, код домофона, столик*, снилс, паспорт*, лицев*, "
    "абонент*, отправьте, наберите, ваш номер, логин, имя пользователя",
    "uk": "замовлен*, рахун*, посилк*, відправлен*, ттн, телефон*, дзвоніть, картк*, рейс*, брон*, промокод*, знижк*, купон*, індекс, "
    "сума, звернен*, договор*, накладн*, номер замовлення, номер договору, номер картки, картка, картку, карткою, рахунку, "
    "вулиця, вул, квартира, домофон, місце, вагон, потяг, трек-номер, штрихкод, бонус*, чек, квитанц*, поліс*, талон*, черг*, "
    "помилк*, код видачі, код отримання, столик*, залишок, баланс, особов*, наберіть, надішліть, логін",
    "bg": "поръчк*, фактур*, пратк*, телефон*, полет, резервац*, отстъпк*, сума, промо*, товарителниц*, номер на поръчка, "
    "номер на пратка, карта, картата, завършваща, салдо, наличност, улица, ул, договор*, клиентск*, грешка, влак, вагон, място, "
    "маса, егн, булстат",
    "sr": "поруџбин*, рачун, пошиљк*, лет, попуст*, износ, броj поруџбине, porudzb*, posiljk*, kartic*, картиц*, stanje, стање, iznos, "
    "poziv na broj, preuzimanj*, popust*, ulica, jmbg, pib",
    "el": "παραγγελ*, τιμολογ*, δεμα*, αποστολ*, τηλ*, καλεστε, πτηση*, κρατηση*, εκπτωσ*, κουπονι*, ταχυδρομικ*, ποσο*, λογαριασμ*, "
    "αρ, αριθμος παραγγελιας, αριθμος αποστολης, αριθμος λογαριασμου, καρτα, καρτας, λήγει σε, υπολοιπο, οδος, κωδικος πελατη, "
    "κωδικος παραλαβης, κωδικος προσφορας, κωδικος σφαλματος, αφμ, ραντεβου, τραπεζι, θεση, πτηση, αναφορα, συμβολαι*, ρευμα",
    "ka": "შეკვეთ, ინვოის, თანხა, ფასდაკლებ, ტრეკინგ, ამანათ, ბარათ, ბალანს, მისამართ, ჯავშ",
    "hy": "պատվեր*, գումար*, զեղչ*, առաքման, քարտ, մնացորդ, հասցե, ամրագրում",
    "he": "הזמנה, הזמנת, חשבונית, משלוח, חבילה, טלפון, חייגו, טיסה, קופון, הנחה, מיקוד, סכום, כרטיס המסתיים, פנייה, מספר הזמנה, הזמנתך, "
    "מספר משלוח, מספר מעקב, כרטיס, בכרטיס, המסתיים ב, יתרה, רחוב, מספר לקוח, מספר פנייה, קריאה מספר, אסמכתא, תור מספר, קוד שובר, "
    "שובר, קוד קופון, קוד איסוף, קוד שער, קוד דלת, קוד שגיאה, שולחן, מקום, רכבת, ת.ז, חוזה, עסקה מספר",
    "ar": "طلب, فاتورة, الفاتورة, شحنة, شحنتك, التتبع, هاتف, اتصل, رحلة, حجز, خصم, قسيمة, الرمز البريدي, مبلغ, المبلغ, المنتهية, تنتهي, "
    "رصيد, كود الخصم, مرجع, رقم الطلب, طلبك, رقم الشحنة, رقم التتبع, رقم الحجز, رقم العميل, رقم المرجع, رقم المعاملة, "
    "رقم الفاتورة, رقم الهاتف, بطاقة, بطاقتك, حساب, حسابك رقم, الرصيد, شارع, كود خصم, كود الكوبون, كوبون, رمز الاستلام, "
    "كود الاستلام, رمز الخطأ, موعد, موعدك, طاولة, مقعد, بوابة, عقد, اشتراك, للاستفسار, على الرقم, البلاغ رقم, رقم البلاغ",
    "fa": "سفارش, فاکتور, مرسوله, تلفن, تماس, پرواز, رزرو, تخفیف, کد پستی, مبلغ, رهگیری, پیگیری, شماره سفارش, شماره پیگیری, کد رهگیری, "
    "کد پیگیری, کد تخفیف, کد سفارش, شماره کارت, کارت, حساب, مانده, موجودی, خیابان, پلاک, قبض, شناسه قبض, شناسه پرداخت, "
    "شماره قرارداد, نوبت, میز, صندلی, قطار, کد تحویل, کد خطا, کد ملی, ریال, تومان, لغو",
    "ur": "آرڈر, رقم, آرڈر نمبر, ٹریکنگ, بل, اکاؤنٹ, کارڈ, بیلنس, کال کریں, رعایت, بکنگ",
    "hi": "ऑर्डर, चालान, =बिल, पार्सल, =फोन, =कॉल, उड़ान, बुकिंग, छूट, कूपन, राशि, खाता, पिन कोड, रुपये, ऑर्डर नंबर, ऑर्डर संख्या, "
    "ट्रैकिंग, खाते, खाता संख्या, कार्ड, शेष, बैलेंस, संदर्भ, संख्या, टिकट, पीएनआर, सीट, कोच, डिस्काउंट, प्रोमो, उपभोक्ता, बीमा, "
    "शिकायत, हेल्पलाइन, टोल फ्री, पता",
    "bn": "অর্ডার, টাকা, কল, বুকিং, ছাড়, অর্ডার নম্বর, ট্র্যাকিং, বিল, অ্যাকাউন্ট, কার্ড, ব্যালেন্স, পার্সেল, কুপন, টিকিট, সিট, "
    "রেফারেন্স, হেল্পলাইন, অভিযোগ",
    "ta": "ஆர்டர், ரூ, ஆர்டர் எண், கணக்கு, அட்டை, இருப்பு, தள்ளுபடி, முன்பதிவு, பில், அழைக்க",
    "te": "ఆర్డర్, రూ, ఖాతా, కార్డ్, బ్యాలెన్స్, తగ్గింపు, బుకింగ్, బిల్లు, కాల్",
    "th": "คำสั่งซื้อ, พัสดุ, เลขพัสดุ, โทร, เที่ยวบิน, การจอง, ส่วนลด, คูปอง, ยอด, จำนวนเงิน, บัญชี, ใบแจ้งหนี้, รหัสไปรษณีย์, "
    "โค้ดส่วนลด, หมายเลขคำสั่งซื้อ, เลขที่, หมายเลขพัสดุ, หมายเลขติดตาม, บัตร, บช, บ/ช, คงเหลือ, ยอดเงิน, อ้างอิง, รหัสอ้างอิง, "
    "รหัสส่วนลด, รหัสรับสินค้า, ref, โต๊ะ, คิว, ที่นั่ง, นัดหมาย, ถนน, รหัสลูกค้า, รหัสจอง, กรมธรรม์",
    "vi": "đơn hàng, don hang, mã đơn, mã khách hàng, mã số thuế, mã số, hóa đơn, vận đơn, mã vận đơn, gọi, hotline, tổng đài, "
    "chuyến bay, mã đặt chỗ, đặt chỗ, giảm giá, mã giảm giá, mã khuyến mãi, mã bưu chính, số tiền, số dư, tài khoản, tk, so du, "
    "so tien, mã vận chuyển, mã tra cứu, mã lỗi, mã ưu đãi, mã voucher, mã nhận hàng, mã hợp đồng, mã kh, ma kh, ma don, "
    "ma van don, ma giam gia, ma khuyen mai, ma dat cho, ma hop dong, ma tra cuu, ma loi, ma nhan hang, ma so thue, ma giao dich, "
    "mã giao dịch, mã gd, ma gd, stk, sodu, hợp đồng, bàn số, ghế, lịch hẹn, biển số",
    "id": "pesanan, faktur, tagihan, resi, paket, telepon, hubungi, penerbangan, kode booking, diskon, kode promo, kode pos, kupon, "
    "jumlah, rekening, saldo, nomor pelanggan, no pesanan, nomor pesanan, nomor resi, no resi, no tagihan, kartu, saldo rp, "
    "referensi, no ref, kode unik, kode bayar, kode pembayaran, virtual account, kode pengambilan, kode penjemputan, "
    "kode kesalahan, kode referral, kode voucher, jalan, meja, kursi, gerbong, antrian, polis, nik, npwp",
    "ms": "pesanan, invois, bungkusan, penjejakan, telefon, hubungi, penerbangan, tempahan, diskaun, kod promosi, poskod, jumlah, "
    "akaun, no pesanan, nombor pesanan, nombor penjejakan, no akaun, kad, kad berakhir, baki, rujukan, no rujukan, kod diskaun, "
    "kod pos, kod ralat, jalan, meja, temujanji, polisi",
    "tl": "tumawag, halaga, order number, tracking number, numero ng, balanse, bayad, resibo, reperensya, upuan, mesa",
    "sw": "agizo, piga simu, kiasi, salio, punguzo, nambari ya agizo, kumbukumbu, muamala, risiti, akaunti namba, bili, tiketi, kiti, "
    "mzigo, salio lako",
    "zh": "订单*, 訂單, 快递, 快遞, 运单, 單號, 单号, 电话, 電話, 致电, 客服, 热线, 航班, 预订, 預訂, 优惠码, 優惠碼, 优惠券, 折扣码, 邮编, 邮政编码, 金额, 金額, 尾号, 尾號, 末四位, 余额, 發票, 发票, "
    "取件码, 取件碼, 提货码, 邀请码, 车次, 编号, 編號, 取餐码, 流水号, 兑换码, 卡号, 号码, 號碼, 手机号, 手機號, 条形码, 帐号, 账号, 二维码, 收费, 取货码, 订单号, 订单编号, 運單, 运单号, 快递单号, "
    "交易序号, 交易序號, 交易号, 参考号, 参考编号, 受理编号, 工单, 工单号, 序列号, 序號, 查询码, 核销码, 券码, 优惠代码, 折扣, 红包码, 口令红包, 优惠券口令, 座位, 桌号, 叫号, 排队, 挂号, 预约码, 预约号, "
    "保单, 合同号, 户号, 客户号, 会员号, 错误码, 错误代码, 商品编码, 条码, 區號, 郵遞區號, 身份证, 身份證, 證號, 證件, 邮箱号, 票号, 航班号, 车牌, 卡尾号, 末四碼, 末四码, 後四碼, 后四位, 分機, 分机, "
    "拨打, 撥打, 回复, 回覆, 客服電話, 包裹, 提货号, 取件号, 推薦碼, 折扣碼, 優惠代碼, 團購碼, 兌換碼, 兌換券, 用户名, 用戶名, 登录名, 用户ID",
    "ja": "注文, ご注文, 請求, 伝票, 追跡, 電話, 便名, 便, 予約, 割引, クーポン, クーポンコード, 郵便番号, 金額, 末尾, 下4桁, 下四桁, 受付番号, お問い合わせ番号, 会員番号, 口座, 残高, 整理番号, 問合せ番号, "
    "エラーコード, プロモーションコード, QRコード, バーコード, 紹介コード, 〒, 注文番号, 予約番号, 予約コード, 伝票番号, 送り状番号, 追跡番号, お客様番号, 顧客番号, 契約番号, 証券番号, 受付, 受取番号, 引取番号, "
    "引換番号, 整理券, 座席, 号車, 卓, テーブル, 暗証, クーポン番号, 紹介番号, 振込先, 店番号, 支店, カード番号, カード末尾, ご利用金額, 合計, 管理番号, 案件番号, お問合せ, 問い合わせ, エラー番号, 製品番号, "
    "型番, 登録番号, TEL, ポイント, 残り, ユーザー名, ログインID, ユーザーID",
    "ko": "주문, 송장, 운송장, 택배, 전화, 항공편, 편명, 예약, 할인, 쿠폰, 우편번호, 금액, 계좌, 잔액, 접수번호, 회원번호, 고객센터, 문의, 청구, 주문번호, 예약번호, 송장번호, 운송장번호, 접수, 고객번호, "
    "계약번호, 증권번호, 카드번호, 카드, 끝자리, 누적, 한도, 좌석, 호차, 테이블, 대기번호, 대기, 상품코드, 할인코드, 쿠폰번호, 쿠폰코드, 오류코드, 추천인, 추천코드, 수령, 픽업번호, 택배함, 보관함, 현관, "
    "민원, 사업자, 주소, 도로, 차량번호, 환불, 이벤트, 문의전화, 대표번호, 아이디",
    "sl": "stevilka narocila, stevilka racuna, stanje, kartic*, posiljk*, prevzem*, kupon*, znesek, sklic",
    "mk": "нарачк*, пратк*, картичк*, салдо, сметк*, износ, маса",
    "mr": "ऑर्डर, =बिल, खाते, कार्ड, रक्कम, सवलत, संपर्क",
    "af": "bestelling, faktuur, rekening, verwysing*, pakkie",
    "ca": "comanda, factura, telefon, import, reserva, paquet, compte, targeta, descompte, codi postal, codi de recollida, cita, "
    "referencia",
    "eu": "eskaera, faktura, telefonoa, zenbatekoa, erreserba, pakete*, kontu, txartel*, deskontu, hitzordu*",
    "gl": "pedido*, factura*, telefono, importe, reserva, paquete, conta, tarxeta, desconto, cita",
    "sq": "porosi*, fatur*, telefon*, shuma, rezervim*, paket*, llogari*, karte*, zbritj*, bilanc*",
    "kk": "тапсырыс, шот, карта, баланс, жеткізу, жөнелтілім",
    "uz": "buyurtma, hisob, karta, balans, yetkazib, chegirma",
    "mn": "захиалга, данс, карт, үлдэгдэл, хүргэлт",
    "am": "ትዕዛዝ, ሂሳብ, ካርድ, ቀሪ",
    "gu": "ઓર્ડર, ખાતા, કાર્ડ, બિલ, બેલેન્સ",
    "kn": "ಆರ್ಡರ್, ಖಾತೆ, ಕಾರ್ಡ್, ಬಿಲ್",
    "ml": "ഓർഡർ, അക്കൗണ്ട്, കാർഡ്, ബിൽ, ബാലൻസ്",
    "pa": "ਆਰਡਰ, ਖਾਤਾ, ਕਾਰਡ, ਬਿੱਲ",
    "si": "ඇණවුම, ගිණුම, කාඩ්, බිල්",
    "ne": "अर्डर, खाता, =बिल, रकम",
    "km": "ការបញ្ជាទិញ, គណនី, កាត",
    "lo": "ຄໍາສັ່ງຊື້, ບັນຊີ, ບັດ",
    "my": "အော်ဒါ, စာရင်း, ကတ်",
}
