# watch_test.py PATHAUDIT FOLDER: `watch` on a file that grows, asked over HTTP as a browser, Prometheus and strangers
# would. Whatever is waited for is waited for; nothing is timed.
import base64, fcntl, http.client, json, os, pty, re, select, signal, socket, struct, subprocess, sys, termios, time

program, work = sys.argv[1:3]
CAPTURE, SITE = "pcaps/all_in_one.pcap", "pcaps/lab.yaml"
FRAMES, FIRST = 2609, 200000  # bytes that are there at first
TOKEN = "correct-horse-battery-staple"
bad = 0


def check(what, right, seen=""):
    global bad
    if not right:
        bad += 1
        print("FAIL:", what, str(seen)[:600])


def await_(what, ready, most=20.0):
    until = time.monotonic() + most
    while time.monotonic() < until:
        value = ready()
        if value:
            return value
        time.sleep(0.02)
    check(f"in vain: {what}", False)
    return None


class Run:
    """`watch` with a file of its own, which holds the first part of the capture."""

    def __init__(self, name, *words, environment=None, capture=CAPTURE, first=FIRST, **how):
        self.path = os.path.join(work, name)
        self.rest = open(capture, "rb").read()
        with open(self.path + ".pcap", "wb") as out:
            out.write(self.rest[:first])
        self.rest = self.rest[first:]
        self.errors = open(self.path + ".err", "w+")
        command = [program, "watch", "-r", self.path + ".pcap", "--follow", "-s", SITE, "--every", "1", *words]
        environment = {**os.environ, **(environment or {})}
        self.process = subprocess.Popen(command, stderr=how.pop("stderr", self.errors), env=environment,
                                        **{"stdout": open(self.path + ".out", "w"), **how})

    def said(self):
        return open(self.path + ".err").read()

    def out(self):
        return open(self.path + ".out").read()

    def port(self):
        found = await_("the page's address", lambda: re.search(r"http://\S+:(\d+)/", self.said()))
        return int(found.group(1)) if found else 0

    def grow(self):
        with open(self.path + ".pcap", "ab") as out:
            out.write(self.rest)

    def end(self):
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(20)
        self.errors.close()
        return status


def ask(port, path, method="GET", body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text, answer


def metric(port, name):
    found = re.search(rf"^{re.escape(name)} (\S+)$", ask(port, "/metrics")[1], re.M)
    return float(found.group(1)) if found else None


def lint(text):
    """Of the exposition format what Prometheus' own linter asks: HELP and TYPE before samples, each family once and in
    one place, _total for counters and nothing else, base units, no sample twice."""
    families, seen, current = {}, set(), None
    check("the last line of metrics ends", text.endswith("\n"))
    for line in text.splitlines():
        words = line.split(" ", 3)
        if line.startswith("# HELP "):
            check("a family once", words[2] not in families, line)
            families[words[2]], current = None, words[2]
            check("help in a sentence", len(words) == 4 and words[3].endswith("."), line)
        elif line.startswith("# TYPE "):
            check("TYPE after HELP", words[2] == current and words[3] in ("counter", "gauge"), line)
            families[current] = words[3]
        else:
            found = re.fullmatch(r'([a-z_]+)(\{[a-z]+="(?:[^"\\]|\\.)*"\})? (-?[0-9.]+)', line)
            if not found:
                check("a sample", False, line)
                continue
            check("samples of one family together", found.group(1) == current, line)
            check("a sample once", (found.group(1), found.group(2)) not in seen, line)
            seen.add((found.group(1), found.group(2)))
            check("_total for what counts", (families[current] == "counter") == current.endswith("_total"), line)
            check("base units", not re.search(r"_(ms|ns|kib|mib|milliseconds|minutes)(_|$)", current), line)
            check("our names", current.startswith("pathaudit_"), line)


def test_http():
    run = Run("http", "--listen", "127.0.0.1:0", "--findings", work + "/found")
    port = run.port()
    await_("the first audit", lambda: ask(port, "/audit.json")[0] == 200)
    status, text, answer = ask(port, "/audit.json")
    audit = json.loads(text)
    check("the audit is an audit", audit["schema"] == "pathaudit.audit/1" and audit["site"] == "lab")
    policy = answer.getheader("Content-Security-Policy")
    check("headers that close", "default-src 'none'" in policy and answer.getheader("X-Content-Type-Options") == "nosniff")
    check("no other site may read", answer.getheader("Access-Control-Allow-Origin") is None)

    # The page: that of audit -T html, with a policy that lets it ask this server and nothing else.
    status, text, answer = ask(port, "/")
    policy = answer.getheader("Content-Security-Policy")
    template = open("page/dist/page.html").read()
    check("the page", status == 200 and '<script type="application/json" id="audit">{"schema":"pathaudit.live/1"}</script>' in text)
    check("one policy, in the header", "Content-Security-Policy" not in text and "connect-src 'self'" in policy, policy)
    check("with the template's hashes", re.search(r"script-src '[^']+'", template).group(0) in policy, policy)
    check("in nobody's frame", "frame-ancestors 'none'" in policy and "unsafe" not in policy, policy)

    # News: who listens is told of the next audit and of the end.
    events = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    events.request("GET", "/events")
    stream = events.getresponse()
    check("a stream of events", stream.getheader("Content-Type") == "text/event-stream")
    run.grow()

    def next_event(kind):
        while True:
            line = stream.readline().decode().strip()
            if line == f"event: {kind}":
                return json.loads(stream.readline().decode()[len("data: "):])
            if line == "" and stream.isclosed():
                return None

    first = next_event("audit")
    while first and json.loads(ask(port, "/audit.json")[1])["coverage"][0]["packets"] < FRAMES:
        following = next_event("audit")
        check("numbers go up", following["number"] > first["number"], following)
        first = following
    check("counters in between", next_event("now")["packets"] == FRAMES)
    check("every packet of the file", metric(port, f'pathaudit_packets_total{{source="{run.path}.pcap"}}') == FRAMES)

    # The same audit is not sent twice. (Another may have been made meanwhile.)
    def unchanged():
        tag = ask(port, "/audit.json")[2].getheader("ETag")
        return ask(port, "/audit.json", If_None_Match=tag)[0] == 304
    await_("304 for an audit that is known", unchanged)

    status, text, answer = ask(port, "/metrics")
    check("metrics' type", answer.getheader("Content-Type").startswith("text/plain; version=0.0.4"))
    lint(text)
    check("the lint finds what is wrong", not lints_clean("# HELP pathaudit_x X.\n# TYPE pathaudit_x counter\npathaudit_x 1\n"))
    audit = json.loads(ask(port, "/audit.json")[1])
    for verdict, count in audit["summary"]["conversations"].items():
        check(f"conversations {verdict}", metric(port, f'pathaudit_conversations{{verdict="{verdict}"}}') == count)
    high = sum(f["severity"] == "high" and f["excepted"] == "" for f in audit["findings"])
    check("findings by severity", metric(port, 'pathaudit_findings{severity="high"}') == high)
    check("memory", metric(port, "pathaudit_resident_memory_bytes") > 1 << 20)
    check("health", ask(port, "/healthz")[:2] == (200, "ok\n"))

    # Strangers.
    check("an unknown path", ask(port, "/etc/passwd")[0] == 404)
    check("no way out of the paths", ask(port, "/../audit.json")[0] == 404)
    check("no methods that change", ask(port, "/audit.json", method="POST", body=b"x" * 100)[0] == 405)
    check("nor without a body", ask(port, "/audit.json", method="DELETE")[0] == 405)
    check("HEAD", ask(port, "/audit.json", method="HEAD")[:2] == (200, ""))
    for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example", ""):
        check(f"the name {host!r}", ask(port, "/audit.json", Host=host)[0] == 421)
    for host in ("localhost", f"127.0.0.1:{port}", "[::1]:80", "192.0.2.1"):
        check(f"the address {host!r}", ask(port, "/audit.json", Host=host)[0] == 200)
    for path in ("/audit.json", "/events", "/metrics", "/"):
        check(f"{path} for a page of another site", ask(port, path, Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors")[0] == 403)
    check("of another port of this machine", ask(port, "/audit.json", Sec_Fetch_Site="same-site", Sec_Fetch_Mode="cors")[0] == 403)
    check("a link that leads here", ask(port, "/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate")[0] == 200)
    check("what our own page asks", ask(port, "/audit.json", Sec_Fetch_Site="same-origin", Sec_Fetch_Mode="cors")[0] == 200)
    flood = socket.create_connection(("127.0.0.1", port))
    flood.settimeout(20)
    try:
        flood.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: " + b"y" * 200000 + b"\r\n\r\n")
        said = flood.recv(100)
    except OSError:
        said = b""
    check("a head without end", said == b"" or said.split()[1] in (b"413", b"431"), said)
    flood.close()

    # Each finding once, in the file as in the report.
    told = [json.loads(line) for line in open(work + "/found")]
    wanted = {f["id"] for f in audit["findings"] if f["excepted"] == ""}
    check("a finding twice", len({f["id"] for f in told}) == len(told))
    check("all findings", wanted <= {f["id"] for f in told})
    check("lines with a schema", all(f["schema"] == "pathaudit.finding/1" and f["time"] for f in told))
    try:
        import jsonschema
        schema = json.load(open("docs/schema/pathaudit.finding-1.schema.json"))
        wrong = [e.message for f in told for e in jsonschema.Draft202012Validator(schema).iter_errors(f)]
        check("lines as their schema says", wrong == [], wrong)
    except ImportError:
        pass
    check("the counter of told findings", metric(port, "pathaudit_findings_told_total") == len(told))
    check("nothing on standard output", run.out() == "")
    run.process.send_signal(signal.SIGINT)
    check("the end is told", next_event("end") == {})
    check("and waits for who listens to take the last audit", json.loads(ask(port, "/audit.json")[1])["coverage"][0]["packets"] == FRAMES)
    events.close()
    check("exit status", run.process.wait(20) == 1, run.said())
    check("nothing else said", len(run.said().splitlines()) == 1, run.said())


def test_who_stays_is_not_waited_for_for_ever():
    run = Run("stays", "--listen", "127.0.0.1:0")
    port = run.port()
    await_("the first audit", lambda: ask(port, "/audit.json")[0] == 200)
    events = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    events.request("GET", "/events")
    stream = events.getresponse()
    run.process.send_signal(signal.SIGINT)
    try:
        check("the stream ends as a stream does", stream.read().decode().endswith("event: end\ndata: {}\n\n"))
    except http.client.IncompleteRead as cut:
        check("the stream ends as a stream does", False, cut)
    check("exit status", run.process.wait(20) == 1, run.said())
    events.close()


def lints_clean(text):
    global bad
    before, sys.stdout = bad, open(os.devnull, "w")
    lint(text)
    sys.stdout = sys.__stdout__
    clean, bad = bad == before, before
    return clean


def test_token():
    run = Run("token", "--listen", "127.0.0.1:0", environment={"PATHAUDIT_TOKEN": TOKEN})
    port = run.port()
    basic = base64.b64encode(f"me:{TOKEN}".encode()).decode()
    await_("the first audit", lambda: ask(port, "/audit.json", Authorization=f"Bearer {TOKEN}")[0] == 200)
    check("the password of a browser", ask(port, "/audit.json", Authorization=f"Basic {basic}")[0] == 200)
    check("under any name", ask(port, "/audit.json", Authorization=f"Bearer {TOKEN}", Host="watch.example")[0] == 200)
    for path in ("/", "/audit.json", "/events", "/metrics", "/nothing"):
        status, _, answer = ask(port, path)
        check(f"{path} without a token", status == 401 and answer.getheader("WWW-Authenticate").startswith("Basic "))
    for wrong in (TOKEN + "x", TOKEN[:-1], TOKEN[:-1] + "x", "", TOKEN.upper()):
        check(f"the token {wrong}", ask(port, "/metrics", Authorization=f"Bearer {wrong}")[0] == 401)
        basic = base64.b64encode(f"me:{wrong}".encode()).decode()
        check(f"the password {wrong}", ask(port, "/metrics", Authorization=f"Basic {basic}")[0] == 401)
    check("health for everybody", ask(port, "/healthz")[0] == 200)
    check("the token is said nowhere", TOKEN not in run.said() + run.out())
    run.end()


def test_refusals():
    open(work + "/open-token", "w").write(TOKEN + "\n")
    os.chmod(work + "/open-token", 0o644)
    open(work + "/short-token", "w").write("short\n")
    os.chmod(work + "/short-token", 0o600)
    here = ["watch", "-r", CAPTURE, "--follow"]
    for words, wanted in (
        (here + ["--listen", "0.0.0.0:0"], "give a token"),
        (here + ["--listen", "[::]:0"], "give a token"),
        (here + ["--listen", "example.com:80"], "an address and a port"),
        (here + ["--listen", "127.0.0.1:99999"], "an address and a port"),
        (here + ["--listen", "127.0.0.1:0", "--token-file", work + "/open-token"], "everybody may read it"),
        (here + ["--listen", "127.0.0.1:0", "--token-file", work + "/short-token"], "16 to 256"),
        (here + ["--token-file", work + "/open-token"], "goes with --listen"),
        (here + ["--findings", "syslog:nowhere"], "syslog:10.1.0.5:514"),
        (here + ["--findings", work + "/none/f"], "cannot write"),
        (["watch", "-r", CAPTURE], "goes with --follow"),
        (["watch"], "needs an input"),
        (here + ["-T", "json"], "not an option of watch"),
    ):
        done = subprocess.run([program, *words], capture_output=True, text=True, timeout=20)
        check(f"{' '.join(words)}: {wanted}", done.returncode == 2 and wanted in done.stderr, done)


def test_slow_clients():
    """Who does not read, and who says nothing, holds up neither the capture nor others."""
    run = Run("slow", "--listen", "127.0.0.1:0")
    port = run.port()
    await_("the first audit", lambda: ask(port, "/audit.json")[0] == 200)
    sleepers = []
    for words in [b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"] * 20 + [b"GET /audit"] * 20:
        sleeper = socket.socket()
        sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        sleeper.connect(("127.0.0.1", port))
        sleeper.sendall(words)
        sleepers.append(sleeper)
    await_("twenty streams", lambda: metric(port, "pathaudit_event_streams") == 20)
    run.grow()
    await_("all packets, with sleepers", lambda: metric(port, f'pathaudit_packets_total{{source="{run.path}.pcap"}}') == FRAMES)
    # Streams are bounded: there is always room for who asks for metrics.
    answers = []
    for _ in range(20):
        late = socket.create_connection(("127.0.0.1", port), timeout=20)
        late.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answers.append(late.recv(20).split()[1])
        sleepers.append(late)
    check("streams are bounded", answers.count(b"503") == 8, answers)
    # So are connections: those beyond wait, and come in when others leave.
    for _ in range(60):
        more = socket.create_connection(("127.0.0.1", port), timeout=20)
        sleepers.append(more)
    waiting = socket.create_connection(("127.0.0.1", port), timeout=20)
    waiting.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    check("one too many waits", select.select([waiting], [], [], 0.3)[0] == [])
    for sleeper in sleepers:
        sleeper.close()
    check("and comes in", waiting.recv(20).startswith(b"HTTP/1.1 200"))
    waiting.close()
    check("the end does not wait", run.end() == 1)


def test_one_stranger():
    """Where others may come in, one address cannot take all connections."""
    run = Run("stranger", "--listen", "0.0.0.0:0", environment={"PATHAUDIT_TOKEN": TOKEN})
    port = run.port()
    greedy = []
    for _ in range(80):
        greedy.append(socket.create_connection(("127.0.0.1", port), timeout=20, source_address=("127.0.0.3", 0)))
    closed = lambda: len(select.select(greedy, [], [], 0.1)[0]) == 80 - 24
    check("24 of one address", await_("the others are closed", closed))
    other = socket.create_connection(("127.0.0.1", port), timeout=20, source_address=("127.0.0.2", 0))
    other.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    answer = other.recv(20)
    check("others come in", answer.startswith(b"HTTP/1.1 "), answer)  # 503 as long as there is no audit yet
    for connection in (*greedy, other):
        connection.close()
    run.end()


def test_syslog():
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    server.settimeout(20)
    run = Run("syslog", "--findings", f"syslog:127.0.0.1:{server.getsockname()[1]}", "--findings", "-", "--sensor", "tap one")
    told = server.recv(65536)
    found = re.fullmatch(
        rb"<(\d+)>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) tapone pathaudit \d+ finding - \xef\xbb\xbf"
        rb"([0-9a-f]{16}) (high|medium|low|info) [a-z-]+: .+", told)
    check("a message of RFC 5424", found is not None, told)
    lines = await_("lines beside it", run.out)
    check("the same finding first", found is None or json.loads(lines.splitlines()[0])["id"] == found.group(3).decode())
    check("its priority", found is None or int(found.group(1)) == 24 + {b"high": 3, b"medium": 4}[found.group(4)], told)
    check("the sensor in lines", json.loads(lines.splitlines()[0])["sensor"] == "tap one")
    run.end()
    server.close()


def read_terminal(master, until, most=20.0):
    text, end = b"", time.monotonic() + most
    while time.monotonic() < end and not until(text):
        if select.select([master], [], [], 0.1)[0]:
            try:
                text += os.read(master, 65536)
            except OSError:
                break
    return text


def last_screen(text):
    return text.split(b"\033[H")[-1].decode(errors="replace")


def test_terminal():
    for colour in (True, False):
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 16, 70, 0, 0))
        environment = {"TERM": "xterm", "NO_COLOR": "" if colour else "1"}
        run = Run(f"terminal{colour}", stdout=slave, stderr=slave, stdin=slave, environment=environment)
        whole = lambda text: b"937 packets" in last_screen(text).encode() and b"Ctrl-C ends" in last_screen(text).encode() \
            and b"high" in last_screen(text).encode()
        text = read_terminal(master, whole)
        check("another screen", text.startswith(b"\033[?1049h"), text[:100])
        screen = last_screen(text)
        plain = re.sub(r"\033\[[0-9;?]*[A-Za-z]", "", screen)
        check("no more lines than there are", plain.count("\n") < 16, plain)
        check("no longer lines than there are columns", max(map(len, plain.splitlines())) <= 70, plain)
        check("colour as wished", ("\033[38;5" in screen or "\033[1;38;5" in screen) == colour, repr(screen))
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        run.grow()
        wide = lambda text: b"2,609 packets" in text and b"\033[40;1H" in text and text.count(b"\n") > 30
        text = read_terminal(master, wide)
        check("resized and redrawn", wide(text), last_screen(text))
        run.process.send_signal(signal.SIGINT)
        text = read_terminal(master, lambda text: b"2,609 packets" in text.split(b"\033[?1049l")[-1] and run.process.poll() is not None)
        check("the screen is given back, with a cursor", b"\033[?25h\033[?1049l" in text, text[-300:])
        check("then the report", b"2,609 packets" in text.split(b"\033[?1049l")[-1], text[-300:])
        check("its status", run.process.wait(20) == 1)
        os.close(master)
        os.close(slave)


def test_odd_names():
    """A file may be called anything; metrics stay readable."""
    run = Run('odd "name\\', "--listen", "127.0.0.1:0", first=len(open(CAPTURE, "rb").read()))
    port = run.port()
    written = run.path.replace("\\", "\\\\").replace('"', '\\"')
    await_("packets under an odd name", lambda: metric(port, f'pathaudit_packets_total{{source="{written}.pcap"}}') == FRAMES)
    lint(ask(port, "/metrics")[1])
    run.end()


def test_observations():
    run = Run("where", "-O", f"dir:{work}/seen", "--findings", work + "/where.jsonl")
    await_("the first lines", lambda: os.path.exists(work + "/where.jsonl"))
    run.end()
    done = subprocess.run([program, "audit", "--from", f"dir:{work}/seen", "-s", SITE, "-T", "json"], capture_output=True, text=True)
    check("what was observed can be audited again", json.loads(done.stdout)["coverage"][0]["packets"] == 937, done.stderr)


for test in [value for name, value in list(globals().items()) if name.startswith("test_")]:
    test()
sys.exit(bad != 0)
