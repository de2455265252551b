"""Media files, good and broken, into a folder: usage: make.py FOLDER

What a program can write whole is written by ffmpeg, and broken here, or made
here by the byte. Nothing is random and no time of day goes in, so that the
same programs make the same bytes. tests/media/README.md lists the files.
"""

import os
import struct
import subprocess
import sys
import zipfile
import zlib
from io import BytesIO

RATE = 16000


def ffmpeg(folder, name, *args):
    path = os.path.join(folder, name)
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *args,
                    "-fflags", "+bitexact", "-flags:v", "+bitexact",
                    "-flags:a", "+bitexact", "-threads", "1", path],
                   check=True)
    with open(path, "rb") as f:
        return f.read()


# -- good ones -------------------------------------------------------------

TONE = ["-f", "lavfi", "-i", f"sine=440:d=10:r={RATE}"]
FILM = ["-f", "lavfi", "-i", "testsrc=d=4:s=160x120:r=10",
        "-f", "lavfi", "-i", f"sine=440:d=4:r={RATE}"]
PICTURE = ["-f", "lavfi", "-i", "testsrc=d=1:s=320x240:r=1", "-frames:v", "1"]


def make_media(folder):
    recordings = {
        "tone.wav": [], "tone.mp3": ["-b:a", "64k"], "tone.flac": [],
        "tone.ogg": ["-c:a", "libvorbis"],
        "tone.opus.ogg": ["-c:a", "libopus", "-f", "ogg"],
        "tone.m4a": [], "tone.webm": ["-c:a", "libopus"],
        "front.m4a": ["-movflags", "+faststart"],
        "dated.m4a": ["-metadata", "creation_time=2020-06-01T12:00:00Z"],
    }
    films = {
        "film.mp4": ["-c:v", "mpeg4"],
        "front.mp4": ["-c:v", "mpeg4", "-movflags", "+faststart"],
        "film.mov": ["-c:v", "mpeg4"],
        "film.mkv": ["-c:v", "mpeg4"],
        "film.webm": ["-c:v", "libvpx", "-c:a", "libopus"],
    }
    good = {}
    for name, args in recordings.items():
        good[name] = ffmpeg(folder, name, *TONE, *args)
    for name, args in films.items():
        good[name] = ffmpeg(folder, name, *FILM, *args)
    for name in ("picture.png", "picture.jpg", "picture.webp", "picture.gif"):
        good[name] = ffmpeg(folder, name, *PICTURE)
    # A recording with a picture of its cover is a recording.
    good["cover.mp3"] = ffmpeg(
        folder, "cover.mp3", "-i", os.path.join(folder, "tone.mp3"),
        "-i", os.path.join(folder, "picture.png"), "-map", "0:a", "-map",
        "1:v", "-c", "copy", "-disposition:v", "attached_pic")
    return good


# -- archives and documents --------------------------------------------------

TYPES = b"""<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="xml" ContentType="application/xml"/>
<Default Extension="rels" ContentType="application/\
vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml" ContentType="application/\
vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
</Types>"""
RELATIONS = b"""<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/\
relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/\
officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>
</Relationships>"""
WORDS = b"The harbour master kept a small red notebook by the window. " * 20


def word(text, doctype=b""):
    return (b'<?xml version="1.0" encoding="UTF-8"?>' + doctype +
            b'<w:document xmlns:w="http://schemas.openxmlformats.org/'
            b'wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>' + text +
            b"</w:t></w:r></w:p></w:body></w:document>")


def archive(parts, packing=zipfile.ZIP_DEFLATED):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", packing) as z:
        for name, data in parts:
            info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            info.compress_type = packing
            info.create_system = 3
            z.writestr(info, data)
    return out.getvalue()


def document(text, extra=()):
    return archive([("[Content_Types].xml", TYPES), ("_rels/.rels", RELATIONS),
                    ("word/document.xml", text), *extra])


ENTITIES = (b"<!DOCTYPE d [<!ENTITY a \"ha\">" +
            b"".join(b"<!ENTITY %c \"%s\">" % (c, b"&%c;" % (c - 1) * 10)
                     for c in range(ord("b"), ord("k"))) + b"]>")


def lying_list(data):
    """The list says a tenth of what the parts unpack to."""
    data = bytearray(data)
    at = data.index(b"PK\1\2")
    while at >= 0:
        size = struct.unpack_from("<I", data, at + 24)[0]
        struct.pack_into("<I", data, at + 24, size // 10)
        at = data.find(b"PK\1\2", at + 1)
    return bytes(data)


def lying_over(n):
    """Many entries of the list, all of one file's bytes."""
    name, text = b"word/document.xml", word(WORDS)
    c = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = c.compress(text) + c.flush()
    fields = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x5021, zlib.crc32(text),
                         len(packed), len(text), len(name), 0)
    local = b"PK\3\4" + fields + name + packed
    entry = (b"PK\1\2" + b"\x14\0" + fields +
             struct.pack("<HHHII", 0, 0, 0, 0, 0) + name)
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, n, n, n * len(entry),
                                  len(local), 0)
    return local + entry * n + end


def wide():
    """All numbers a second time with 64 bits, as some write them always."""
    name, full = b"1.txt", 0xffffffff
    local = b"PK\3\4" + struct.pack("<HHHHHIIIHH", 45, 0, 0, 0, 0x5021,
                                    zlib.crc32(WORDS), len(WORDS), len(WORDS),
                                    len(name), 0) + name + WORDS
    extra = struct.pack("<HHQQQ", 1, 24, len(WORDS), len(WORDS), 0)
    listed = (b"PK\1\2" + b"\x2d\0" +
              struct.pack("<HHHHHIIIHH", 45, 0, 0, 0, 0x5021,
                          zlib.crc32(WORDS), full, full, len(name),
                          len(extra)) +
              struct.pack("<HHHII", 0, 0, 0, 0, full) + name + extra)
    at = len(local) + len(listed)
    end = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1, 1,
                                  len(listed), len(local))
    end += b"PK\6\7" + struct.pack("<IQI", 0, at, 1)
    end += b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 0xffff, 0xffff, full,
                                   full, 0)
    return local + listed + end


def nested(depth):
    data = archive([("zeros", bytes(100000))])
    for i in range(depth):
        data = archive([(f"{i}.zip", data)], zipfile.ZIP_STORED)
    return data


def pdf(objects, packed=b""):
    out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for i, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (i, body)
    out += packed
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + (b"trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
                  b"\n" % (len(objects) + 1, table))


CATALOG = b"<</Type /Catalog /Pages 2 0 R>>"
TEXT = b"BT /F1 24 Tf 72 700 Td (The harbour master kept a notebook) Tj ET"
PAGES = [CATALOG, b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
         b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
         b"/Contents 4 0 R>>",
         b"<</Length %d>>\nstream\n%s\nendstream" % (len(TEXT), TEXT)]
NO_PAGES = [CATALOG, b"<</Type /Pages /Kids [] /Count 0>>"]


def packed_objects(text):
    data = zlib.compress(text, 9)
    return (b"9 0 obj\n<</Type /ObjStm /N 1 /First 4 /Filter /FlateDecode "
            b"/Length %d>>\nstream\n%s\nendstream\nendobj\n" %
            (len(data), data))


def make_documents():
    return {
        "words.txt": WORDS,
        "letter.docx": document(word(WORDS)),
        # A table of figures within a document is an archive of its own.
        "figures.docx": document(word(WORDS), [
            ("word/embeddings/figures.xlsx", archive([("a.xml", b"<a/>")]))]),
        "letter.pdf": pdf(PAGES),
        "packed.pdf": pdf(NO_PAGES[:1],
                          packed_objects(b"3 0 <</Type /Page>>")),
        "weights.bin": bytes(range(256)) * 16,
        "wide.zip": wide(),
        "pictures.zip": archive([("1.txt", WORDS), ("2.txt", WORDS)]),
    }


# -- broken ones -------------------------------------------------------------


def wav(rate=RATE, channels=1, block=2, bits=16, seconds=1.0, says=None,
        loud=8000, before=b""):
    n = int(RATE * seconds)
    # A saw, which needs no tables.
    data = b"".join(struct.pack("<h", (i * 97 % 200 - 100) * loud // 100)
                    for i in range(n))
    says = len(data) if says is None else says
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * block & 0xffffffff,
                       block, bits)
    return (b"RIFF" + struct.pack("<I", (36 + says) & 0xffffffff) + b"WAVE" +
            before + b"fmt " + struct.pack("<I", len(form)) + form + b"data" +
            struct.pack("<I", says) + data)


def chunk(name, data):
    return (struct.pack(">I", len(data)) + name + data +
            struct.pack(">I", zlib.crc32(name + data)))


def png(width, height, rows=b""):
    return (b"\x89PNG\r\n\x1a\n" +
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0,
                                       0)) +
            chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def element(ident, data, size=None):
    size = len(data) if size is None else size
    return ident + struct.pack(">Q", size | 1 << 56) + data


EBML = element(b"\x1a\x45\xdf\xa3", element(b"\x42\x82", b"webm"))


def elements_in_elements(depth):
    data = b""
    for _ in range(depth):
        data = element(b"\xae", data)  # a track in a track
    return EBML + element(b"\x18\x53\x80\x67",
                          element(b"\x16\x54\xae\x6b", data))


def elements_in_a_ring():
    """A list of places of which each names itself."""
    seek = element(b"\x4d\xbb", element(b"\x53\xab", b"\x11\x4d\x9b\x74") +
                   element(b"\x53\xac", b"\0"))
    return EBML + element(b"\x18\x53\x80\x67",
                          element(b"\x11\x4d\x9b\x74", seek * 8))


def gif_without_frames():
    return b"GIF89a" + struct.pack("<HHBBB", 16, 16, 0x80, 0, 0) + \
        b"\0\0\0\xff\xff\xff;"


def boxes_in_a_ring():
    """A box that is shorter than its header: who skips it stays there."""
    return (struct.pack(">I", 16) + b"ftypisom\0\0\2\0" +
            struct.pack(">I", 4) + b"moov" + bytes(64))


def without_moov(data):
    at = data.index(b"moov") - 4
    size = struct.unpack_from(">I", data, at)[0]
    return data[:at] + data[at + size:]


def make_broken(good):
    part = lambda name, share: good[name][:int(len(good[name]) * share)]
    return {
        "short.wav": part("tone.wav", 0.3),
        "short.mp3": part("tone.mp3", 0.3),
        "short.flac": part("tone.flac", 0.3),
        "short.ogg": part("tone.ogg", 0.3),
        "short.opus.ogg": part("tone.opus.ogg", 0.3),
        "short.webm": part("tone.webm", 0.3),
        "short.m4a": part("front.m4a", 0.5),
        "short.mp4": part("front.mp4", 0.5),
        "short.mkv": part("film.mkv", 0.5),
        "end-missing.mp4": part("film.mp4", 0.9),
        "no-moov.m4a": without_moov(good["tone.m4a"]),
        "header-only.wav": good["tone.wav"][:30],
        "ten-hours.wav": wav(says=36000 * 2 * RATE),
        "no-rate.wav": wav(rate=0),
        "many-channels.wav": wav(channels=65535),
        "no-block.wav": wav(block=0),
        "no-samples.wav": wav(seconds=0),
        "no-format.wav": b"RIFF\x2c\0\0\0WAVEdata\x20\0\0\0" + bytes(32),
        "noise.wav": b"RIFF\xff\xff\xff\xff" + bytes(range(256)) * 16,
        "silent.wav": wav(loud=0, seconds=2),
        "nothing.wav": b"",
        "one-byte.wav": b"R",
        "words.wav": WORDS,
        "picture.wav": good["picture.png"],
        "png.jpg": good["picture.png"],
        "short.png": part("picture.png", 0.5),
        "short.jpg": part("picture.jpg", 0.5),
        "short.webp": part("picture.webp", 0.5),
        "endless.png": png(60000, 60000),
        "no-width.png": png(0, 16),
        "no-rows.png": png(16, 16, b"\0"),
        "no-frames.gif": gif_without_frames(),
        "deep.webm": elements_in_elements(2000),
        "ring.webm": elements_in_a_ring(),
        "ring.m4a": boxes_in_a_ring(),
        "bomb.docx": document(word(b"a" * 20000000)),
        "liar.docx": lying_list(document(word(WORDS))),
        "over.docx": lying_over(1000),
        "crowd.docx": document(word(WORDS), [(f"word/{i}.xml", b"")
                                             for i in range(20000)]),
        "entities.docx": document(word(b"&j;", ENTITIES)),
        "wide-entities.docx": document(
            word(b"&j;", ENTITIES).decode().encode("utf-16")),
        "no-text.docx": archive([("[Content_Types].xml", TYPES),
                                 ("word/styles.xml", b"<a/>")]),
        "short.docx": document(word(WORDS))[:400],
        "nested.zip": nested(5),
        "short.pdf": pdf(PAGES)[:300],
        "no-pages.pdf": pdf(NO_PAGES),
        "no-packed-pages.pdf": pdf(NO_PAGES,
                                   packed_objects(b"3 0 <</Type /Font>>")),
        "page.pdf": b"<!DOCTYPE html><html><script>alert(1)</script></html>",
    }


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    good = make_media(folder)
    for name, data in {**make_documents(), **make_broken(good)}.items():
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)


main()
