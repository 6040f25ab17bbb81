"""What can go wrong that the person at the keyboard can mend? Each message is one line: what, where, what to do."""

from __future__ import annotations


class InputError(ValueError):
    """Something that was given cannot be used: a path, SQL, a setting, annotations."""


class RawFolderError(InputError):
    """The raw folder cannot be read."""


class SettingsError(InputError):
    """A setting has a value that cannot be used."""


class QueryError(InputError):
    """SQL that is not allowed or does not run."""


class GoldError(InputError):
    """Annotations that cannot be read."""


class NoTablesError(InputError):
    """There is nothing to be asked yet."""


class NotFoundError(InputError):
    """No document, or more than one, answers to what was asked for."""


class ModelError(InputError):
    """The extractor cannot be loaded; no document is to blame."""
