"""A network between a client and a server that does one wrong thing at a chosen byte.

    reset    both ends get a reset, and for a while every new connection, too
    cut      both ends see the other one close, in the middle of a message
    stall    nothing moves for a while, then all of it arrives
    late     the client gets a reset at once; what it has sent reaches the server later

Or it falls silent at a chosen text, and stays so until it is told to speak: connections are taken and stay open, and nothing moves in one
direction or in both.
"""
import dataclasses
import select
import socket
import struct
import threading
import time

KINDS = ("reset", "cut", "stall", "late")
RESET = struct.pack("ii", 1, 0)


@dataclasses.dataclass
class Fault:
    kind: str
    upward: bool      # From the client to the server.
    at_byte: int      # Of that direction, counted over all connections.
    length_s: float   # How long it refuses, stalls or is late.


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    connection.close()


class Proxy:
    def __init__(self, host, port):
        self.server = (host, port)
        self.lock = threading.Lock()
        self.fault, self.refused_until, self.bytes, self.pending = None, 0.0, {True: 0, False: 0}, 0
        self.silent, self.silenced_by = frozenset(), None
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def arm(self, fault):
        """The next wrong thing, or none. Counting begins anew."""
        with self.lock:
            self.fault, self.refused_until, self.bytes = fault, 0.0, {True: 0, False: 0}

    def silence(self, texts=(), upward=True, downward=True):
        """Falls silent at once, or when clients have sent the texts, one after another."""
        directions = frozenset(way for way, chosen in ((True, upward), (False, downward)) if chosen)
        with self.lock:
            self.silent, self.silenced_by = (frozenset(), (list(texts), directions)) if texts else (directions, None)

    def speak(self):
        """What was held back goes on its way."""
        with self.lock:
            self.silent, self.silenced_by = frozenset(), None

    def is_silent(self):
        return bool(self.silent)

    def hears(self, data):
        with self.lock:
            if self.silenced_by is None:
                return
            texts, directions = self.silenced_by
            while texts and texts[0] in data:
                data = data.partition(texts.pop(0))[2]
            if not texts:
                self.silent, self.silenced_by = directions, None

    def settle(self):
        """Returns when nothing is on its way any more."""
        while True:
            with self.lock:
                if self.pending == 0:
                    return
            time.sleep(0.01)

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            if time.monotonic() < self.refused_until:
                reset(client)
            else:
                threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def strikes(self, upward, count):
        """Where in the next bytes the fault strikes, if it does; then it is over."""
        with self.lock:
            start = self.bytes[upward]
            self.bytes[upward] += count
            if self.fault is None or self.fault.upward != upward or not start <= self.fault.at_byte < start + count:
                return None, 0
            fault, self.fault = self.fault, None
            if fault.kind == "reset":
                self.refused_until = time.monotonic() + fault.length_s
            self.pending += 1 if fault.kind == "late" else 0
            return fault, fault.at_byte - start

    def carry(self, client):
        server = None
        try:
            server = socket.create_connection(self.server)
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ways = {True: (client, server), False: (server, client)}
            held = {True: b"", False: b""}
            while True:
                silent = self.silent
                for upward, (source, target) in ways.items():
                    if upward not in silent and held[upward]:
                        target.sendall(held[upward])
                        held[upward] = b""
                open_ways = [source for upward, (source, _) in ways.items() if upward not in silent]
                for source in select.select(open_ways, [], [], 0.05 if silent else None)[0]:
                    upward = source is client
                    data = source.recv(65536)
                    if upward:
                        self.hears(data)
                    if data and upward in self.silent:
                        held[upward] += data
                        continue
                    if not data:
                        return
                    fault, at = self.strikes(upward, len(data))
                    target = server if upward else client
                    if fault is None:
                        target.sendall(data)
                    elif self.breaks(fault, client, server, target, data, at):
                        server = None if fault.kind == "late" else server
                        return
        except OSError:
            pass
        finally:
            client.close()
            if server is not None:
                server.close()

    def breaks(self, fault, client, server, target, data, at):
        """Does the wrong thing; True when the connection is over."""
        if fault.kind == "late":
            reset(client)
            threading.Thread(target=self.deliver, args=(server, data if fault.upward else b"", fault.length_s), daemon=True).start()
            return True
        target.sendall(data[:at])
        if fault.kind == "stall":
            time.sleep(fault.length_s)
            target.sendall(data[at:])
            return False
        if fault.kind == "reset":
            reset(client)
            reset(server)
        return True

    def deliver(self, server, data, after_s):
        time.sleep(after_s)
        try:
            server.sendall(data)
            server.shutdown(socket.SHUT_WR)
            while server.recv(65536):
                pass
        except OSError:
            pass
        server.close()
        with self.lock:
            self.pending -= 1
