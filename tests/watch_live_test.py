# watch_live_test.py PATHAUDIT LIVE_SEND FOLDER: see watch_live_test.sh. Interfaces: what tx0 sends, rx0 gets.
import http.client, json, os, re, signal, socket, subprocess, sys, time

program, send, work = sys.argv[1:4]
CAPTURE = "pcaps/all_in_one.pcap"
bad = 0


def check(what, right, seen=""):
    global bad
    if not right:
        bad += 1
        print("FAIL:", what, str(seen)[:500])


def await_(what, ready, most=20.0):
    until = time.monotonic() + most
    while time.monotonic() < until:
        if value := ready():
            return value
        time.sleep(0.05)
    check(f"in vain: {what}", False)
    return None


def ask(path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def metric(name):
    found = re.search(rf"^pathaudit_{re.escape(name)} (\S+)$", ask("/metrics")[1], re.M)
    return float(found.group(1)) if found else None


def rights(process):
    said = open(f"/proc/{process}/status").read()
    return {key: re.search(rf"^{key}:\s+(\S+)", said, re.M).group(1) for key in ("Uid", "CapEff", "CapPrm", "NoNewPrivs", "Seccomp")}


def sockets(process):
    """What kinds of sockets a process has, by their inodes."""
    inodes = {m.group(1) for f in os.listdir(f"/proc/{process}/fd")
              if (m := re.match(r"socket:\[(\d+)\]", os.readlink(f"/proc/{process}/fd/{f}")))}
    kinds = set()
    for kind in ("packet", "tcp", "udp", "unix"):
        with open(f"/proc/{process}/net/{kind}") as lines:
            kinds |= {kind for line in lines if inodes & set(line.split())}
    return kinds


errors = open(work + "/err", "w")
run = subprocess.Popen([program, "watch", "-i", "rx0", "-s", "pcaps/lab.yaml", "--every", "1", "--listen", "127.0.0.1:0", "--findings", "-"],
                       stdout=open(work + "/out", "w"), stderr=errors)
found = await_("the page's address", lambda: re.search(r"http://\S+:(\d+)/", open(work + "/err").read()))
port = int(found.group(1))
await_("listening", lambda: "listening on rx0" in open(work + "/err").read())
await_("an audit of nothing", lambda: ask("/audit.json")[0] == 200)
check("nothing was seen", json.loads(ask("/audit.json")[1])["conversations"] == [])
check("the interface is up", metric('interface_up{interface="rx0"}') == 1)

# Two processes: one has the packets, the other has the page, and neither has rights.
front = int(open(f"/proc/{run.pid}/task/{run.pid}/children").read().split()[0])
for who, process in (("the one that captures", run.pid), ("the one that serves", front)):
    seen = rights(process)
    check(f"{who} has no capabilities", seen["CapEff"] == seen["CapPrm"] == "0" * 16, seen)
    check(f"{who} cannot gain any, and is in a sandbox", seen["NoNewPrivs"] == "1" and seen["Seccomp"] == "2", seen)
check("who captures serves nobody", sockets(run.pid) == {"packet"}, sockets(run.pid))
check("who serves has no packets", sockets(front) == {"tcp"}, sockets(front))

subprocess.run([send, "tx0", CAPTURE], check=True)
await_("all packets", lambda: metric('packets_total{source="rx0"}') == 2609)
await_("them counted as of now", lambda: metric("captured_packets_total") == 2609)
check("none dropped", metric("capture_dropped_packets_total") == 0)
file = json.loads(subprocess.run([program, "audit", "-q", "-r", CAPTURE, "-s", "pcaps/lab.yaml", "-T", "json"], capture_output=True).stdout)
check("the verdicts of the file", json.loads(ask("/audit.json")[1])["summary"] == file["summary"])
check("each finding told", {json.loads(line)["id"] for line in open(work + "/out")} >= {f["id"] for f in file["findings"]})
check("healthy", ask("/healthz")[0] == 200)

# It goes down and up; that is told, and nothing ends.
subprocess.run(["ip", "link", "set", "rx0", "down"], check=True)
await_("the interface is down", lambda: metric('interface_up{interface="rx0"}') == 0)
subprocess.run(["ip", "link", "set", "rx0", "up"], check=True)
await_("and up again", lambda: metric('interface_up{interface="rx0"}') == 1)

# When the one that serves is gone, the capture goes on, and says so.
os.kill(front, signal.SIGKILL)
await_("a word on it", lambda: "process of page and terminal is gone" in open(work + "/err").read())
run.send_signal(signal.SIGINT)
check("it ends with trouble, since not all could be told", run.wait(20) == 2, open(work + "/err").read())

# A second interrupt ends the one that captures at once; the other goes with it.
run = subprocess.Popen([program, "watch", "-i", "rx0", "--quiet", "--listen", f"127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=errors)
await_("the page again, at the same port", lambda: not socket.socket().connect_ex(("127.0.0.1", port)))
front = await_("the process that serves", lambda: open(f"/proc/{run.pid}/task/{run.pid}/children").read().split())[0]
run.kill()
run.wait(20)
await_("it goes with the other", lambda: not os.path.exists(f"/proc/{front}") or " Z " in open(f"/proc/{front}/stat").read())
sys.exit(bad != 0)
