"""The encoding of a file is found, or guessed and said to be a guess; no line is lost for it."""

import codecs

import pytest

from pipeline.data.source import read_rows
from pipeline.errors import UnreadableFile

SENTENCES = {
    "ru": [
        "Принтер не печатает документы",
        "Не могу войти в систему",
        "Клиент просит вернуть деньги",
        "Где мой заказ?",
    ],
    "el": [
        "Ο εκτυπωτής δεν εκτυπώνει έγγραφα",
        "Δεν μπορώ να συνδεθώ",
        "Πού είναι η παραγγελία μου;",
        "Ευχαριστώ πολύ",
    ],
    "pl": [
        "Drukarka nie drukuje dokumentów",
        "Nie mogę się zalogować, hasło",
        "Błąd płatności kartą",
        "Dziękuję, działa",
    ],
    "tr": [
        "Yazıcı belge yazdırmıyor",
        "Sisteme giriş yapamıyorum, şifre",
        "Müşteri iadesini istiyor",
        "Siparişim nerede?",
    ],
    "he": ["המדפסת לא מדפיסה מסמכים", "אני לא מצליח להתחבר למערכת", "הלקוח מבקש את כספו", "איפה ההזמנה שלי?"],
    "ar": ["الطابعة لا تطبع المستندات", "لا أستطيع الدخول إلى النظام", "العميل يطلب أمواله", "أين طلبي؟"],
    "lt": [
        "Spausdintuvas neveikia, slaptažodis",
        "Klientas prašo grąžinti pinigus",
        "Kur yra mano užsakymas?",
        "Ačiū jums",
    ],
    "vi": [
        "Khách hàng muốn hoàn tiền",
        "Giao hàng chậm hai ngày",
        "Lỗi khi thanh toán bằng thẻ",
        "Không thể đăng nhập",
    ],
    "de": [
        "Der Drucker läuft nicht",
        "Ich kann mich nicht anmelden, schön",
        "Die Lieferung kam zu spät",
        "Grüße aus Köln",
    ],
    "fr": [
        "L'imprimante a été arrêtée",
        "Le mot de passe refusé à Noël",
        "La livraison est très retardée",
        "Où êtes-vous ?",
    ],
    "zh": ["打印机无法连接办公室网络", "登录系统时提示密码错误", "客户要求在月底之前退款", "我的订单现在在哪里"],
    "zht": ["印表機無法連線到辦公室", "登入系統時顯示密碼錯誤", "客戶要求在月底前退款", "請問我的訂單在哪裡"],
    "ja": [
        "プリンターが印刷できません",
        "システムにログインできない",
        "お客様が返金を求めています",
        "注文はどこですか",
    ],
    "ko": [
        "프린터가 문서를 인쇄하지 않습니다",
        "시스템에 로그인할 수 없습니다",
        "고객이 환불을 요구합니다",
        "주문은 어디에 있나요",
    ],
}


def table(language: str, codec: str, rows: int = 12) -> tuple[bytes, list[list[str]]]:
    sentences = [one.encode(codec, "ignore").decode(codec) for one in SENTENCES[language]]
    cells = [[str(1000 + row), sentences[row % len(sentences)], "open"] for row in range(rows)]
    text = "id,text,state\r\n" + "".join(f'{number},"{sentence}",{state}\r\n' for number, sentence, state in cells)
    return text.encode(codec), cells


def cells_of(source) -> list[list[str]]:
    return read_rows(source.id).to_numpy().tolist()


def kinds(source) -> set[str]:
    return {finding.kind for finding in source.report.findings}


@pytest.mark.parametrize(
    ("language", "codec"),
    [
        ("ru", "cp1251"), ("ru", "koi8-r"), ("ru", "cp866"), ("el", "cp1253"), ("el", "iso8859-7"), ("pl", "cp1250"),
        ("pl", "iso8859-2"), ("tr", "cp1254"), ("he", "cp1255"), ("ar", "cp1256"), ("lt", "cp1257"), ("vi", "cp1258"),
        ("de", "cp1252"), ("de", "latin-1"), ("fr", "cp1252"), ("fr", "mac-roman"), ("zh", "gbk"), ("zht", "big5"),
        ("ja", "cp932"), ("ja", "euc-jp"), ("ko", "cp949"), ("zh", "utf-16-le"), ("ru", "utf-16-be"),
        ("de", "utf-16-le"),
    ],
)  # fmt: skip
def test_letters_come_out_right_and_a_guess_is_called_one(upload, language, codec):
    content, expected = table(language, codec)
    source = upload(content)
    assert cells_of(source) == expected
    assert source.columns == ("id", "text", "state")
    assert ("encoding_guessed" in kinds(source)) == (codec != "gbk")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_is_certain_is_not_called_a_guess(upload, codec):
    content, expected = table("zh", codec)
    source = upload(content)
    assert cells_of(source) == expected
    assert kinds(source) == set()


def test_chinese_in_the_header_alone_is_recognised(upload):
    source = upload("月份,销售额\r\n".encode("gbk") + b"2024-01,12\r\n2024-02,15\r\n")
    assert source.columns == ("月份", "销售额")


def test_a_person_overrules_the_guess(upload):
    content, expected = table("pl", "cp1250", rows=1)
    source = upload(content, encoding="cp1250")
    assert cells_of(source) == expected
    assert "encoding_guessed" not in kinds(source)


def test_bytes_that_are_no_text_in_any_usual_encoding_are_refused(upload):
    with pytest.raises(UnreadableFile, match="choose its encoding"):
        upload(b"a,b\n" + bytes(range(0x80, 0xA0)) * 40)


@pytest.mark.parametrize("other", ["gb18030", "cp1252"])
def test_a_file_whose_halves_differ_keeps_every_row(upload, other):
    language = "zh" if other == "gb18030" else "fr"
    first, expected = table(language, "utf-8")
    second, more = table(language, other)
    source = upload(first + second.split(b"\r\n", 1)[1])
    assert cells_of(source) == expected + more
    assert source.report.rows_repaired == len(more)
    assert {"damaged_text", "encoding_guessed"} <= kinds(source)


@pytest.mark.parametrize("codec", ["utf-8", "gb18030", "big5", "utf-16"])
def test_a_file_cut_inside_a_character_keeps_its_whole_rows_and_says_so(upload, codec):
    content, expected = table("zht" if codec == "big5" else "zh", codec)
    place = content.rindex(",".encode(codec.replace("utf-16", "utf-16-le"))) - (5 if codec != "utf-16" else 7)
    while not is_inside(content[:place], codec):
        place -= 1
    source = upload(content[:place])
    assert cells_of(source)[:-1] == expected[:-1]
    assert {"cut_off", "damaged_text"} <= kinds(source)


def is_inside(content: bytes, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)()
    decoder.decode(content)
    return bool(decoder.getstate()[0])


def test_half_an_eight_bit_file_with_nul_bytes_is_not_taken_for_utf16(upload):
    source = upload("text,code\n" + "the printer is out of paper\0,a\n" * 20)
    assert source.report.encoding == "utf-8"
    assert cells_of(source)[0] == ["the printer is out of paper\0", "a"]
