"""What the server needs before it starts, and what it believes of a proxy."""

from pathlib import Path

import pytest
import yaml

from app.main import create_app
from app.settings import SettingsError
from tests.conftest import forget_settings

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("key", ["", "changeme", "too short"])
def test_a_database_server_needs_a_real_secret(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("TESSERA_DATABASE_URL", "postgresql://tessera@nowhere.invalid/tessera")
    monkeypatch.setenv("TESSERA_SECRET_KEY", key)
    forget_settings()
    with pytest.raises(SettingsError, match="TESSERA_SECRET_KEY"):
        create_app()
    forget_settings()


def test_an_embedded_database_makes_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TESSERA_DATA_DIR", str(tmp_path / "data"))
    forget_settings()
    create_app()
    assert len((tmp_path / "data" / "secret_key").read_text()) >= 32
    forget_settings()


def test_the_proxy_that_is_believed_reaches_the_server() -> None:
    """uvicorn reads FORWARDED_ALLOW_IPS from its environment."""
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert services["web"]["environment"]["FORWARDED_ALLOW_IPS"] == "${FORWARDED_ALLOW_IPS:-127.0.0.1}"
    assert "`FORWARDED_ALLOW_IPS`" in (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
