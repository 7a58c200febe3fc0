"""Loads the demo portfolio by the commands that everybody uses, adds demo users, serves the pages."""

import argparse
import contextlib
import io
import os
import sys
from pathlib import Path

import yaml

from app import database
from app.cli import main as tessera
from app.models.practice_document import practice_of
from app.queries.organisations import organisation_by_ref
from app.rules.permissions import OPERATOR
from app.services.save_document import save_document
from app.settings import settings

EXAMPLES = Path(__file__).parent.parent / "examples"
# Invented funding lines and a plan: file of examples/funding/ and the organisation that keeps it.
FUNDING = (("aics-lines.csv", "XM-DAC-6-4"), ("cambodia-plan.csv", "KH-GOV-DEMO"))


def run(*arguments: str) -> str:
    """Runs one tessera command; returns what it printed, ends the program if it was refused."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        status = tessera(list(arguments))
    if status:
        sys.exit(f"tessera {' '.join(arguments)}: refused\n{printed.getvalue()}")
    return printed.getvalue()


def import_portfolios(files: list[dict[str, str]]) -> None:
    for row in files:
        run("organisation", "add", row["as"], row["name"], "--type", row["type"])
    for row in files:
        print(f"importing examples/{row['file']} as {row['as']}", flush=True)
        run("import", str(EXAMPLES / "portfolio" / row["file"]), "--as", row["as"])


def tell_good_practices() -> None:
    """What there is no file of: people write it into a form."""
    for row in yaml.safe_load((EXAMPLES / "good-practices.yaml").read_text(encoding="utf-8")):
        with database.read() as connection:
            owner = organisation_by_ref(connection, row.pop("as"))
        saved = save_document(OPERATOR, practice_of(row), owner_id=owner.id)
        if saved.id is None:
            sys.exit(f"examples/good-practices.yaml: {saved.faults}")


def add_users(organisation: str) -> str:
    """What `tessera user add` says of each demo user, passwords included: they are not kept elsewhere."""
    return (
        run("user", "add", "admin@example.org", "--role", "admin")
        + run("user", "add", "editor@example.org", "--role", "editor", "--org", organisation)
        + run("user", "add", "reader@example.org", "--role", "reader", "--org", organisation)
    )


def load_demo(sign_ins: Path) -> None:
    """Imports and users; the file of sign-ins is there from the start and filled when all is loaded."""
    files = yaml.safe_load((EXAMPLES / "manifest.yaml").read_text(encoding="utf-8"))
    sign_ins.touch(mode=0o600)
    run("migrate")
    import_portfolios(files)
    run("organisation", "add", "KH-GOV-DEMO", "Ministry of Social Affairs, Cambodia (demo)", "--type", "10")
    for name, owner in FUNDING:
        run("import", str(EXAMPLES / "funding" / name), "--as", owner)
    tell_good_practices()
    sign_ins.write_text(add_users(files[0]["as"]), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", default="8000")
    port = parser.parse_args().port
    # The demo belongs in the embedded database, never in a server that the environment happens to name.
    os.environ.pop("TESSERA_DATABASE_URL", None)
    folder = settings().data_dir
    folder.mkdir(parents=True, exist_ok=True)
    sign_ins = folder / "demo-sign-ins.txt"
    if (folder / "tessera.db").exists() and not sign_ins.exists():
        print(f"{folder}/tessera.db holds data of yours: it is served as it is, without the demo portfolio.")
    else:
        if not sign_ins.exists() or not sign_ins.read_text(encoding="utf-8"):
            load_demo(sign_ins)
        print(f"\nDemo sign-ins (kept in {sign_ins}):\n{sign_ins.read_text(encoding='utf-8')}")
    print(f"Tessera is at http://127.0.0.1:{port}/  (Ctrl-C stops it)", flush=True)
    tessera(["serve", "--host", "127.0.0.1", "--port", port])


if __name__ == "__main__":
    main()
