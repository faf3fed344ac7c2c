"""A mail server of our own: takes letters over SMTP, and says what a test wants it to say."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class MailServer(socketserver.ThreadingTCPServer):
    """`answers` are for the commands in its keys, such as `RCPT` or `.` for the end of a letter; None hangs up."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, answers: dict[str, str | None] | None = None) -> None:
        self.answers = answers or {}
        self.letters: list[str] = []
        super().__init__(("127.0.0.1", 0), _Session)

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Session(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline():
            word = line.split()[0].decode().upper() if line.split() else ""
            if word == "DATA" and "DATA" not in self.server.answers:
                self._say("354 go on")
                letter = self._letter()
                if self.server.answers.get(".", "250 taken") is None:
                    self.server.letters.append(letter)
                    return
                answer = self.server.answers.get(".", "250 taken")
                if str(answer).startswith("2"):
                    self.server.letters.append(letter)
            else:
                answer = self.server.answers.get(word, "221 bye" if word == "QUIT" else "250 fine")
            if answer is None:
                return
            self._say(answer)
            if word == "QUIT":
                return

    def _letter(self) -> str:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines).decode()

    def _say(self, text: Any) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def mail_server(settings: Any, answers: dict[str, str | None] | None = None) -> Iterator[MailServer]:
    """Runs while the block does; the site's letters go there."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    with MailServer(answers) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
