"""Workbooks whose cells show errors, as old and free programs write them; no library here writes such files."""

import base64
import zipfile
import zlib
from pathlib import Path

# An XLS with ID, Title, Budget 2019: P1, One, #REF! and P2, #N/A, 5.
_XLS = (
    "c-rk)O=uHA6#izDZGLRiq^6ZtD521*u?N#$^iWreT0B^z2rVLL+ALBV5{dDk2d&l|1;LZzrO=C)suzFIgWfy{6+H+AA<?5JLBT_t"
    "_08MenraRSXi=GOnKy6Wyl-cA=gr%leZ3ed%{}NU<0tHf2Nf%TrYf7D5^zt#pmxiWs$2W1SPK6X0)CpvCLK>(Uisu4%K0us!+q}y"
    "lE4QlCvX;{xvUvmM-1~AQbLYlh@`+BvV_pdqiSP0$#Nshd+hm)<sP<NXE{W^C2<^!#%O$}6UF0N54VLNultBOOKeG?9WP}RU%nx1"
    "Umbh%Q>o0~+0gB6#yn`=M$D|4Pi0Do(ge=qs}%#jxGVK}Oxf4hE<pBgYwf-o_M4g)n1OYQ1H4E%b;)BV(quk&#+)piTgD(SNm(dB"
    "5AM@}V^f8Uxd9kHpFV9CVgox8yQnFdAnM_)Db<0X%+$QH!)sP{3rBo2$uwG7k8s?FsmtZNpWhssNE#>EGQ-*2&iTD^n6Pj~GKd`F"
    "7SF1TGh;i;t9;eXtaq`DQnXUtmuz>G1GDUNja&PupFzf3V@s93mGt7LBagd_AB}CKFN~BgMi<^0bLgRWP@4Gim_@(n7q@RoJTcr_"
    "IQii{%g$eNg<lIhW4D|aTPs!&WHrLlK9f&Jte$DkvyyC4gDsftar_0d<#W?DKk1UaNl30%gR3!Dcf9R+iHl2`Y>~_k`9{{-@K8EZ"
    "e*1wS6ciK`6ciK`6cp-*us0U`-O699&Q8JS{MT8bQc=H2{#zVHj*bFtO!p&8bsiTQik}YX!o8NLljHs`lo+Gl^O(j2k7K&w_@$km"
    "sJ@@NiQ(V3gc|L?(#SafaR1){8RW_!"
)
_ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" office:version="1.2">
<office:body><office:spreadsheet><table:table table:name="Projects">%s</table:table></office:spreadsheet></office:body>
</office:document-content>"""
_SHOWN = '<table:table-cell office:value-type="string"><text:p>%s</text:p></table:table-cell>'
_ERROR = (
    '<table:table-cell table:formula="of:=#REF!" office:value-type="string" office:string-value=""'
    ' calcext:value-type="error"><text:p>%s</text:p></table:table-cell>'
)


def write_xls_with_errors(path: Path) -> Path:
    path.write_bytes(zlib.decompress(base64.b85decode("".join(_XLS))))
    return path


def write_ods_with_errors(path: Path) -> Path:
    """The same table as the XLS, as LibreOffice saves it."""
    rows = (("ID", "Title", "Budget 2019"), ("P1", "One", "#REF!"), ("P2", "#N/A", "5"))
    cells = ["".join((_ERROR if text.startswith("#") else _SHOWN) % text for text in row) for row in rows]
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", _ODS % body)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return path
