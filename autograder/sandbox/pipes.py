"""The grader's ends of a child's pipes, read and written without ever waiting for it."""

import os
import select

from autograder.sandbox import wire

#: Bytes read at once, and bytes kept of what the child writes to descriptors 1 and 2.
_CHUNK = 2**16
_CAPTURED = 2**16


class EndedError(Exception):
    """The other side closed its pipe."""


class Pipes:
    """Requests out, replies in, and whatever is written to the child's descriptors 1 and 2."""

    def __init__(self, requests: int, replies: int, output: int) -> None:
        self._requests, self._replies, self._output = requests, replies, output
        for descriptor in (requests, replies, output):
            os.set_blocking(descriptor, False)
        self._poller = select.poll()
        self._poller.register(replies, select.POLLIN)
        self._poller.register(output, select.POLLIN)
        self._output_open = True
        self._captured = bytearray()
        self._outgoing = memoryview(b"")
        #: How many replies are still to come, what arrives of the next one, and what has
        #: arrived of those after it.
        self._expected, self._body_bytes = 0, 0
        self._reply, self._rest = wire.Incoming(0, 0), b""

    def begin(self, frames: bytes, body_bytes: int, count: int = 1) -> None:
        """Take ``count`` requests to be sent, and expect as many replies.

        Each has at most ``body_bytes`` of arrays.
        """
        self._outgoing = memoryview(frames)
        self._expected, self._body_bytes, self._rest = count, body_bytes, b""
        self._expect()
        self._send()
        if self._outgoing:
            self._poller.register(self._requests, select.POLLOUT)

    def step(self, seconds: float) -> wire.Message | None:
        """Do what can be done now, waiting at most ``seconds``; return the reply when it is whole.

        Raises EndedError when the child closed a pipe, FrameError for bytes that are no reply.
        """
        arrived, self._rest = self._rest, b""
        reply = self._taken(arrived) if arrived else None
        if reply is not None:
            return reply
        for descriptor, _ in self._poller.poll(seconds * 1000):
            if descriptor == self._output:
                self._capture()
            elif descriptor == self._requests:
                self._send()
                if not self._outgoing:
                    self._poller.unregister(self._requests)
            else:
                reply = self._receive()
        return reply

    def captured(self) -> str:
        """Return what was written to descriptors 1 and 2 since the last time."""
        self._drain()
        text = self._captured.decode("utf-8", "replace")
        self._captured.clear()
        return text

    def close(self) -> None:
        """Close all three; what was captured stays readable."""
        self._drain()
        for descriptor in (self._requests, self._replies, self._output):
            os.close(descriptor)
        self._output_open = False

    def _drain(self) -> None:
        """Take in what the output pipe holds now."""
        # A pipe holds little; a bound all the same, in case somebody goes on writing.
        for _ in range(64):
            if not self._capture():
                break

    def _send(self) -> None:
        try:
            sent = os.write(self._requests, self._outgoing)
        except BlockingIOError:
            return
        except OSError as error:
            raise EndedError from error
        self._outgoing = self._outgoing[sent:]

    def _receive(self) -> wire.Message | None:
        """Take in what has arrived of the reply."""
        while True:
            try:
                part = os.read(self._replies, _CHUNK)
            except BlockingIOError:
                return None
            if not part:
                raise EndedError
            message = self._taken(part)
            if message is not None or len(part) < _CHUNK:
                return message

    def _taken(self, part: bytes) -> wire.Message | None:
        """Take a part of a reply in; return the reply when it is whole."""
        reply = self._reply.feed(part)
        if reply is not None:
            self._expected -= 1
            self._rest = self._reply.rest
            self._expect()
        return reply

    def _expect(self) -> None:
        more = self._expected > 1
        self._reply = wire.Incoming(wire.REPLY_HEADER_BYTES, self._body_bytes, more=more)

    def _capture(self) -> bool:
        """Keep what is written to descriptors 1 and 2, up to a bound; tell if there was any."""
        if not self._output_open:
            return False
        try:
            part = os.read(self._output, _CHUNK)
        except BlockingIOError:
            return False
        if not part:
            self._output_open = False
            self._poller.unregister(self._output)
        self._captured += part[: _CAPTURED - len(self._captured)]
        return bool(part)
