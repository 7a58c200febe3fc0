"""Named refusals, each with its public sentence. `main.py` maps class -> status, once."""


class Refused(Exception):
    """Something a user asked for that can't be done; the message says why and what to do."""

    code = "refused"

    @property
    def sentence(self) -> str:
        """What is said of it; put together of a text and facts (app.models.worded), it can be said in other languages."""
        return self.args[0] if self.args else ""


class NotFound(Refused):
    code = "not-found"


class NotAllowed(Refused):
    code = "not-allowed"


class SignInNeeded(Refused):
    code = "sign-in-needed"


class InvalidInput(Refused):
    code = "invalid-input"


class ImportConflict(Refused):
    code = "import-conflict"


class Busy(Refused):
    """Somebody else is writing what this needs; nothing was changed."""

    code = "busy"


class FileRefused(Refused):
    """A file that can't be read at all; carries the issues that say where and why."""

    code = "file-refused"

    def __init__(self, message: str, issues: list[object] | None = None) -> None:
        super().__init__(message)
        self.issues = issues or []

    def __reduce__(self) -> tuple[type, tuple[str, list[object]]]:
        """So that a refusal keeps its issues on its way from one process to another."""
        return type(self), (self.args[0], self.issues)
