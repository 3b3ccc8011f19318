"""What can go wrong, said so that a reader knows what happened, what was kept and what to do."""


class ReadershipError(Exception):
    """Base of every error a person may see: a sentence, and a hint that says what to do.

    Attributes:
        message: what happened, one sentence, no path of the server and no secret in it.
        hint: what was kept and what to do next; may be empty.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UsageError(ReadershipError):
    """The call's words are off: an unknown name, a value that can't be read."""

    exit_code = 2


class InputRefused(ReadershipError):
    """An input that can't be taken: too large, of a wrong kind, unreadable. Its bytes go to quarantine."""


class NotAnArticle(InputRefused):
    """A page in which no article was found (empty, a menu, a login wall, a binary)."""


class Removed(NotAnArticle):
    """A page that says the article is not there any more: a deletion notice, or a site's 404 page saved as a file."""


class StoreBusy(ReadershipError):
    """Another process writes; the message names it."""

    exit_code = 3


class StoreDamaged(ReadershipError):
    """Database, ledger and archive disagree, or a file can't be opened; the hint names the remedy."""

    exit_code = 4


class StoreTooNew(StoreDamaged):
    """The store was written by a newer Readership: nothing is broken, and nothing is to be repaired."""


class ArchiveDamaged(StoreDamaged):
    """An archived batch can't be read."""


class NoEdition(ReadershipError):
    """Nothing has been published yet, or what was published can't be opened by this version."""

    exit_code = 5


class DiskFull(ReadershipError):
    """No room to write. The current edition stays in place."""

    exit_code = 6


class Refused(ReadershipError):
    """The person may not do this, or isn't logged in any more. Nothing was changed."""

    exit_code = 7
