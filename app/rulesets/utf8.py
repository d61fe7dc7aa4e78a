"""Decoding of files and bodies as UTF-8, with the encoding that was probably meant."""

_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class NotUtf8(ValueError):
    """Bytes that are no text in UTF-8. The message says where, and which encoding they may be in."""


def decode_utf8(data: bytes) -> str:
    """Return the text of `data`, without a byte order mark. Raises `NotUtf8`."""
    is_utf_16 = data.startswith(_UTF_16_MARKS) or b"\0" in data[:4]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        guess = "UTF-16" if is_utf_16 else "Windows-1252"
        raise NotUtf8(f"This is not UTF-8 text: see byte {error.start + 1}. Is it {guess}? Save it as UTF-8.") from None
    if is_utf_16:
        raise NotUtf8("This is not UTF-8 text: it begins with NUL. Is it UTF-16? Save it as UTF-8.")
    return text
