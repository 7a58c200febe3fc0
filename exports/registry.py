"""The formats that can be written: one file and one line each."""

from exports.base import Exporter
from exports.csv_table import ProjectsCsv
from exports.iati_xml import IatiXml
from exports.json_document import JsonDocument
from exports.workbook import Portfolio

EXPORTERS: dict[str, Exporter] = {
    exporter.key: exporter for exporter in (IatiXml(), Portfolio(), ProjectsCsv(), JsonDocument())
}
