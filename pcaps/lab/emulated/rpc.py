"""A small DCE/RPC server over TCP (C706 chapter 12; MS-RPCE 2.2.2): binds without security and answers requests with
stub data made by a function. Shared by the emulations; it hides the PDUs."""
import socket
import struct
import threading
import uuid

NDR = (uuid.UUID("8a885d04-1ceb-11c9-9fe8-08002b104860"), 2, 0)
REQUEST, RESPONSE, FAULT, BIND, BIND_ACK, ALTER, ALTER_ACK = 0, 2, 3, 11, 12, 14, 15
FAULT_OPNUM_OUT_OF_RANGE = 0x1C010002
HAS_OBJECT = 0x80


def syntax(interface):
    """An abstract or transfer syntax: UUID, major and minor version."""
    identity, major, minor = interface
    return identity.bytes_le + struct.pack("<HH", major, minor)


def pdu(kind, call, body):
    return struct.pack("<BBBBIHHI", 5, 0, kind, 3, 0x10, 16 + len(body), 0, call) + body


class Conversation:
    """What one client was granted, and the answers to it."""

    def __init__(self, interfaces, port):
        self.interfaces, self.port, self.contexts = interfaces, port, {}

    def bind(self, kind, call, body):
        """Accepts the presentation contexts whose interface is served here."""
        results, at = b"", 12
        for _ in range(body[8]):
            number, transfers = struct.unpack_from("<HB", body, at)
            asked = body[at + 4:at + 24]
            known = asked in self.interfaces
            plain = syntax(NDR) in [body[at + 24 + 20 * i:at + 44 + 20 * i] for i in range(transfers)]
            accepted = known and plain
            if accepted:
                self.contexts[number] = self.interfaces[asked]
            results += struct.pack("<HH", 0 if accepted else 2, 0 if accepted else 2 if known else 1)
            results += syntax(NDR) if accepted else bytes(20)
            at += 24 + 20 * transfers
        port = b"%d\0" % self.port if kind == BIND else b""
        answer = struct.pack("<HHI", 4280, 4280, 0x4321) + struct.pack("<H", len(port)) + port
        answer += bytes(-(len(answer)) % 4) + struct.pack("<BBH", body[8], 0, 0) + results
        return pdu(BIND_ACK if kind == BIND else ALTER_ACK, call, answer)

    def request(self, call, has_object, body):
        context, opnum = struct.unpack_from("<HH", body, 4)
        operation = self.contexts.get(context, {}).get(opnum)
        if not operation:
            return pdu(FAULT, call, struct.pack("<IHBBII", 0, context, 0, 0, FAULT_OPNUM_OUT_OF_RANGE, 0))
        reply = operation(body[24 if has_object else 8:])
        return pdu(RESPONSE, call, struct.pack("<IHBB", len(reply), context, 0, 0) + reply)

    def answer(self, head, body):
        """To one PDU, or None when there is none and the connection ends."""
        kind, call = head[2], struct.unpack_from("<I", head, 12)[0]
        if kind in (BIND, ALTER):
            return self.bind(kind, call, body)
        if kind == REQUEST:
            return self.request(call, head[3] & HAS_OBJECT, body)
        return None


def take(lines):
    """One PDU: its header and its body; an empty header at the end."""
    head = lines.read(16)
    return (head, lines.read(struct.unpack_from("<H", head, 8)[0] - 16)) if len(head) == 16 else (b"", b"")


class RpcServer:
    """interfaces: (UUID, major, minor) -> {opnum: function(stub) -> stub}."""

    def __init__(self, address, port, interfaces):
        self.address, self.port = address, port
        self.interfaces = {syntax(one): operations for one, operations in interfaces.items()}

    def start(self):
        door = socket.create_server((self.address, self.port))
        threading.Thread(target=self.accept, args=(door,), daemon=True).start()

    def accept(self, door):
        while True:
            connection, _ = door.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()
            del connection  # or the socket would stay open until the next one comes

    def serve(self, connection):
        conversation = Conversation(self.interfaces, self.port)
        with connection, connection.makefile("rwb") as lines:
            head, body = take(lines)
            while head and (answer := conversation.answer(head, body)):
                lines.write(answer)
                lines.flush()
                head, body = take(lines)
