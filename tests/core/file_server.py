"""A web server for tests that answers each path by a list of answers in turn, the last one again and again."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FileServer:
    """`answers`: path -> list of functions of the request handler; `seen`: (path, headers) of each request."""

    def __init__(self):
        self.answers, self.seen, self.closing = {}, [], threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.seen.append((self.path, dict(self.headers)))
                left = outer.answers.get(self.path, [status(404)])
                (left.pop(0) if len(left) > 1 else left[0])(self)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.closing = self.closing
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def base(self):
        return f"http://127.0.0.1:{self._server.server_port}"

    def serve(self, path, *answers):
        """The URL of a path that answers so from now on."""
        self.answers[path] = list(answers)
        return self.base + path

    def ranges(self):
        return [headers.get("Range", "") for _, headers in self.seen]

    def close(self):
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _send(handler, code, body, length=None, **headers):
    handler.send_response(code)
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def whole(data, etag='"1"', ranges=True):
    """The file, or the part that was asked for if the version is the same."""

    def answer(handler):
        asked, version = handler.headers.get("Range", ""), handler.headers.get("If-Range", etag)
        start = int(asked.removeprefix("bytes=").rstrip("-")) if ranges and asked and version == etag else 0
        if start >= len(data):
            _send(handler, 416, b"", Content_Range=f"bytes */{len(data)}")
        elif start:
            of = f"bytes {start}-{len(data) - 1}/{len(data)}"
            _send(handler, 206, data[start:], Content_Range=of, ETag=etag)
        else:
            _send(handler, 200, data, ETag=etag)

    return answer


def cut(data, at, etag='"1"'):
    """The connection breaks after `at` bytes of the whole."""
    return lambda handler: _send(handler, 200, data[:at], len(data), ETag=etag)


def lying(data, length):
    return lambda handler: _send(handler, 200, data, length)


def status(code):
    return lambda handler: _send(handler, code, b"")


def html(code=200):
    page = b"\n<!DOCTYPE html><title>Sign in</title>"
    return lambda handler: _send(handler, code, page, Content_Type="application/octet-stream")


def redirect(to):
    return lambda handler: _send(handler, 302, b"", Location=to)


def hanging(handler):
    handler.server.closing.wait(5)


def endless(handler):
    """Bytes without a length until the client has had enough."""
    handler.send_response(200)
    handler.end_headers()
    try:
        while not handler.server.closing.is_set():
            handler.wfile.write(bytes(100_000))
    except OSError:
        handler.close_connection = True
