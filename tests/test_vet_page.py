"""The visible text of pages: what a reader sees, from bytes of any kind."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screener.errors import CONTROL, InputError, NoInputError
from screener.vet.page import MAX_BYTES, MAX_LETTERS, of_words, read_page, visible
from screener.vet.sentences import sentences
from tests.test_vet_expected import visible as plainly_visible

VET = Path(__file__).parent / "vet"
PAGES = sorted(VET.glob("*.html")) + sorted(VET.glob("*.txt"))


def seen(source: str) -> str:
    return visible(source.encode(), "page.html").text


def told(page: str, *, html: bool = True) -> list[str]:
    shown = visible(page.encode(), "page.html" if html else "page.txt")
    return [shown.text[one.start : one.end] for one in sentences(shown)]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_the_text_is_that_of_the_labels(path: Path) -> None:
    wanted = plainly_visible(path.read_text(encoding="utf-8"), html=path.suffix == ".html")
    assert " ".join(read_page(path).text.split()) == wanted


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>one<p>two", "one\n\ntwo"),
        ("<ul><li>one<li>two</ul>", "one\ntwo"),
        ("<ul><li>one</li>\n<li>two</li></ul>", "one\ntwo"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a\tb\nc"),
        ("a<br>b", "a\nb"),
        ("<b>in</b>vest<wbr>ment&nbsp;of &euro;5 &amp; <i>more</i>", "investment of €5 & more"),
        ("<p hidden>no<b>no</b></p>yes", "yes"),
        ("<p hidden>no<p>yes", "yes"),
        ('<div style="color: red; display : none">no<div>no</div>no</div>yes', "yes"),
        ('<p title="hidden">yes', "yes"),
        ("<p data-hidden=1>yes", "yes"),
        ("<head><title>no</title><body>yes", "yes"),
        ("<head><title>no</title><p>yes", "yes"),
        ("<script>if (a < b) '</p>'</SCRIPT>yes<style>no", "yes"),
        ("<textarea>yes</textarea>", "yes"),
        ("<noscript>no</noscript><template>no</template>yes", "yes"),
        ("a<!-- no > no -->b<!doctype no><?no?>", "ab"),
        ("a<!-- no", "a"),
        ("1 < 2 and <3", "1 < 2 and <3"),
        ('<a title="a > b">yes</a>', "yes"),
        ("<a title=it's>yes</a>", "yes"),
        ("&#x202e;a&#0;b\u200b&#99999999999;", "a\ufffdb\ufffd"),
        ("</p></div>a</b>", "a"),
        ("", ""),
    ],
)
def test_html(source: str, text: str) -> None:
    assert seen(source) == text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("é".encode(), "é"),
        (b"\xef\xbb\xbf\xc3\xa9", "é"),
        ("é".encode("utf-16"), "é"),
        (b"\xfe\xff" + "é".encode("utf-16-be"), "é"),
        (b"\x93\xe9\x94", "“é”"),
        (b"<meta charset=iso-8859-2><p>\xb1", "ą"),
        (b"<meta charset='no such thing'><p>\xe9", "é"),
        (b"<meta charset=zlib><p>\xe9", "é"),
        (b"a\r\nb\rc", "a\nb\nc"),
        (b"a\x1b[31mb\x7f", "a[31mb"),
    ],
)
def test_encodings(data: bytes, text: str) -> None:
    assert visible(data, "page").text == text


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"%PDF-1.7", "a PDF"),
        (b"PK\x03\x04", "zip"),
        (b"\x89PNG", "picture"),
        (b"\xff\xd8\xff\xe0", "picture"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"\xd0\xcf\x11\xe0", "Word"),
        (b"a\0b", "no text"),
    ],
)
def test_what_is_no_text_is_refused_by_name(data: bytes, word: str) -> None:
    with pytest.raises(InputError, match=word) as refused:
        visible(data, "offer")
    assert "save the page as text or HTML" in str(refused.value)
    assert refused.value.exit_code == 65


def test_what_is_too_large_is_refused_before_it_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(InputError, match="too large"):
        read_page(path)


def test_what_shows_too_much_is_refused() -> None:
    with pytest.raises(InputError, match="too long"):
        visible(b"word " * (MAX_LETTERS // 5 + 1), "page")


def test_what_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(NoInputError):
            read_page(path)


MHTML = """From: <Saved by a browser>
Subject: an offer
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="----line"

------line
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<html><p>A pri=
ce of =E2=82=AC5</p></html>
------line
Content-Type: image/png
Content-Transfer-Encoding: base64

AAAA
------line--
"""


def test_a_page_saved_as_one_file() -> None:
    assert visible(MHTML.encode(), "page.mht").text == "A price of €5"
    with pytest.raises(InputError, match="without a readable text"):
        visible(MHTML.replace("text/html;", "text/xml;").encode(), "page.mht")


@pytest.mark.parametrize(
    "source",
    ["<div>" * 100_000 + "yes", "<p hidden>" * 100_000 + "</p>yes", "<script>" + "x<" * 5_000_000 + "</script>yes",
     "yes<!--" * 100_000, "yes" + "<a " * 300_000, "yes" + "<a b='" * 300_000, "yes" + "</" * 200_000,
     "yes<script>" + "</scrip" * 300_000, "yes" + "&#" * 200_000, "yes" + "<a" + " b" * 500_000,
     "yes<a" + " " * 1_000_000 + "=", "yes" + "<![" * 300_000],
    ids=["nested", "hidden", "script", "comments", "tags", "quotes", "ends", "raw", "references", "attributes", "gap",
         "declarations"],
)  # fmt: skip
def test_hostile_html_takes_no_time(source: str) -> None:
    began = time.process_time()
    assert "yes" in seen(source)
    assert time.process_time() - began < 20  # what grows with the square takes hours


@given(st.binary(max_size=300), st.sampled_from(["a.html", "a.txt", "-"]))
def test_any_bytes_are_a_text_or_refused(data: bytes, name: str) -> None:
    assert len(data) < MAX_BYTES
    try:
        text = visible(data, name).text
    except InputError:
        return
    assert not CONTROL.search(text)


@given(st.text(alphabet="<>/!-='\"& #;ahpbhidentscr \n\t", max_size=200))
def test_any_markup_is_a_text(source: str) -> None:
    assert not CONTROL.search(seen(source))


def test_words_as_typed() -> None:
    assert of_words("We cure all. \ud800").text == "We cure all. ?"


@pytest.mark.parametrize(
    ("page", "sentences_of_it"),
    [
        ("<p>Dr. Hale says no. He is right", ["Dr. Hale says no", "He is right"]),
        ("<td>Phase</td><td>Recruiting</td>", ["Phase", "Recruiting"]),
        ("One | Two", ["One", "Two"]),
        ("It cost 1.5 or e.g. 2. End", ["It cost 1.5 or e.g. 2", "End"]),
    ],
)
def test_sentences(page: str, sentences_of_it: list[str]) -> None:
    assert told(page) == sentences_of_it


def test_lines_of_plain_text() -> None:
    wrapped = (
        "This line is so long that it was surely wrapped by a program and\nnot by its writer.\nKey: value\n- one\n- two"
    )
    assert told(wrapped, html=False) == [
        "This line is so long that it was surely wrapped by a program and\nnot by its writer",
        "Key: value",
        "one",
        "two",
    ]
