"""Addresses that files were fetched from."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.models.columns import text


class FetchedAddress(SQLModel, table=True):
    """What an address answered last, as one owner's import (`owner`: its reference, '' for none).

    `etag` and `last_modified` are what the server says of the file, and are sent back to it: it then
    answers whether the file is still the one that `import_id` brought.
    """

    __tablename__ = "fetched_address"
    address: str = Field(primary_key=True)
    owner: str = Field(primary_key=True)
    etag: str = text()
    last_modified: str = text()
    import_id: int
    fetched_at: datetime
