"""How an exchange of the stub ends: with an answer, with a policy's own answer, or with a failure that on-error explains."""


class Failed(Exception):
    """A policy ended the pipeline: <on-error> explains it with the status the gateway chose."""

    def __init__(self, status, source, reason, headers=()):
        super().__init__(reason)
        self.status, self.source, self.reason, self.headers = status, source, reason, list(headers)


class Answered(Exception):
    """return-response ended the pipeline; the sections that would follow do not run."""

    def __init__(self, answer):
        super().__init__(answer.status)
        self.answer = answer


class Answer:
    """`parts`, where it is given, brings the body as it arrives."""

    def __init__(self, status, headers=(), body=b"", parts=None):
        self.status, self.headers, self.body, self.parts = status, list(headers), body, parts

    def set(self, name, text):
        self.delete(name)
        self.headers.append((name, text))

    def delete(self, name):
        self.headers = [(known, text) for known, text in self.headers if known.lower() != name.lower()]
