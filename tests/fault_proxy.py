#!/usr/bin/env python3
"""fault_proxy.py PORT BEHIND FAULTS: fault injection for tests. HTTP on 127.0.0.1:PORT, answered by the ClickHouse server on
127.0.0.1:BEHIND; but rows of conversations come damaged as the word in the file FAULTS says: faults that a real server
cannot be made to show. With "newer" it is a server that takes rows of no more than one partition at once."""
import gzip
import http.client
import http.server
import sys
import zlib

port, behind, faults = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
LIMIT = "max_partitions_per_insert_block"
EXCEPTION = b"Code: 241, e.displayText() = DB::Exception: Memory limit (for query) exceeded, e.what() = DB::Exception\n"


def is_rows(statement):
    return statement.startswith(b"SELECT ''") and b".conversations" in statement


def middle(rows):
    """A cut at the end of a row."""
    return rows[:rows.index(b"\n", len(rows) // 2) + 1]


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def answer(self, body, status=200, length=None, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def chunks(self, pieces, end=True):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in pieces:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        if end:
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.close_connection = True

    def packed(self, rows):
        self.answer(rows, headers=[("Content-Encoding", "gzip")])

    def damage(self, fault, rows):
        row = rows[:rows.index(b"\n") + 1]
        if fault == "cut-length":
            self.answer(middle(rows), length=len(rows))
            self.close_connection = True
        elif fault == "cut-chunk":
            self.chunks([middle(rows)], end=False)
        elif fault == "cut-close":
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(middle(rows))
            self.close_connection = True
        elif fault == "cut-row":
            self.answer(rows[:-5])
        elif fault == "cut-gzip":
            self.packed(gzip.compress(rows)[:-12])
        elif fault == "cut-gzip-at-row":
            packer = zlib.compressobj(6, wbits=31)
            self.packed(packer.compress(middle(rows)) + packer.flush(zlib.Z_SYNC_FLUSH))
        elif fault == "more-than-gzip":
            self.packed(gzip.compress(rows) + rows)
        elif fault == "wrong-gzip":
            packed = bytearray(gzip.compress(rows))
            packed[-6] ^= 1
            self.packed(bytes(packed))
        elif fault == "exception":
            self.chunks([middle(rows), EXCEPTION])
        elif fault == "exception-in-row":
            self.chunks([middle(rows) + row[:40], EXCEPTION])
        elif fault == "huge-line":
            self.answer(b"x" * 10_000_000 + b"\n" + rows)
        elif fault == "nul":
            self.answer(rows.replace(b"\n", b"\0more\n", 1))
        elif fault == "column-less":
            self.answer(rows + row[row.index(b"\t") + 1:])
        elif fault == "column-more":
            self.answer(rows + row[:-1] + b"\t1\n")
        elif fault == "empty-line":
            self.answer(rows + b"\n" + rows)
        elif fault == "number":
            self.answer(rows + row.replace(b"\t0\t", b"\t-1\t"))
        elif fault == "redirect":
            self.answer(b"", 302, headers=[("Location", f"http://127.0.0.1:{behind}/")])
        elif fault == "bomb":
            packer = zlib.compressobj(9, wbits=31)
            zeros = bytes(1 << 20)
            self.packed(b"".join(packer.compress(zeros) for _ in range(1024)) + packer.flush())
        elif fault == "no-http":
            self.wfile.write(rows)
            self.close_connection = True
        else:
            self.answer(rows)

    def newer(self, body):
        """Has this been answered already, as a newer server would?"""
        if b"system.settings" in body and LIMIT.encode() in body:
            self.answer(b"1\n")
        elif "&query=INSERT" in self.path and f"&{LIMIT}=0" not in self.path:
            self.answer(b"Code: 252, e.displayText() = DB::Exception: Too many partitions for single INSERT block (more than 1)\n", 500)
        else:
            self.path = self.path.replace(f"&{LIMIT}=0", "")
            return False
        return True

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if open(faults).read().strip() == "newer" and self.newer(body):
            return
        there = http.client.HTTPConnection("127.0.0.1", behind)
        packing = {name: self.headers[name] for name in ("Content-Encoding",) if name in self.headers}
        there.request("POST", self.path, body, {"Content-Type": "text/plain", **packing})
        answer = there.getresponse()
        rows = answer.read()
        try:
            if is_rows(body):
                self.damage(open(faults).read().strip(), rows)
            else:
                self.answer(rows, answer.status)
        except OSError:  # it had enough
            self.close_connection = True


http.server.ThreadingHTTPServer.handle_error = lambda *words: None  # a client that had enough
http.server.ThreadingHTTPServer(("127.0.0.1", port), Proxy).serve_forever()
