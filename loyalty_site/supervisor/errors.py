"""What the supervisor says when it cannot go on."""


class SupervisorError(Exception):
    """A refusal that a person can act on; its text is printed without a traceback."""
