#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A way to a server that goes bad: silent_proxy.py PORT SWITCH [LOG]

Prints "READY PORT", and hands connections on to PORT of 127.0.0.1. While the file SWITCH is there, connections that
were open when it came are forgotten as a NAT forgets them: nothing passes, in either direction, for ever, and
nobody is told. If it holds the word `close`, new connections are closed at once. Each connection is a line in LOG."""

import os
import socket
import sys
import threading
import time

PORT, SWITCH = int(sys.argv[1]), sys.argv[2]


def bad():
    """What the switch says, and since when; ("", 0): all is well."""
    try:
        with open(SWITCH, encoding="utf-8") as file:
            return file.read().strip() or "silent", os.stat(SWITCH).st_mtime
    except OSError:
        return "", 0


def forgotten(born):
    word, since = bad()
    return word == "silent" and since > born


def pump(source, sink, born):
    try:
        while data := source.recv(65536):
            if forgotten(born):
                threading.Event().wait()
            sink.sendall(data)
    except OSError:
        pass
    if not forgotten(born):
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def main():
    with socket.create_server(("127.0.0.1", 0)) as server:
        print("READY", server.getsockname()[1], flush=True)
        while True:
            near = server.accept()[0]
            if len(sys.argv) > 3:
                with open(sys.argv[3], "a", encoding="utf-8") as log:
                    log.write("%.1f\n" % time.time())
            if bad()[0] == "close":
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", PORT))
            born = time.time()
            for pair in ((near, far), (far, near)):
                threading.Thread(target=pump, args=(*pair, born), daemon=True).start()


if __name__ == "__main__":
    main()
