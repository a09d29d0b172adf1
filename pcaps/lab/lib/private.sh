# What the daemons write must not touch the machine: /etc and /var become overlays and /run is empty, all in memory.

state=/run/lab       # everything of this run
out=$state/out       # where captures go
secret=Lab-Only-1    # every account of the lab has this password: it exists nowhere else
admin_secret=Lab-Admin-1

private_overlay()
{
    mkdir -p "$state/overlay/$1/upper" "$state/overlay/$1/work"
    mount -t overlay -o "lowerdir=/$1,upperdir=$state/overlay/$1/upper,workdir=$state/overlay/$1/work" overlay "/$1"
}

# private_up OUT
private_up()
{
    local out_fd
    # OUT may lie below one of the folders that are about to be covered: hold it open, bind it afterwards.
    exec {out_fd}< "$1"
    mount -t tmpfs -o mode=755 lab /run || return 1
    mkdir -p "$out" "$state/keep" "$state/tls" /run/netns /run/uts /run/samba /run/news /run/lock
    mount --bind "/proc/self/fd/$out_fd" "$out" || return 1
    exec {out_fd}<&-
    chown news:news /run/news
    if ! private_overlay etc || ! private_overlay var; then
        echo "lab: this kernel has no overlay file system" >&2
        return 1
    fi
    mkdir -p /var/tmp && chmod 1777 /var/tmp
    # Names come from the hosts file first, so that a case without the domain controller waits for nobody.
    printf 'search corp.example\nnameserver 10.99.0.10\noptions timeout:1 attempts:1\n' > /etc/resolv.conf.lab
    rm -f /etc/resolv.conf
    mv /etc/resolv.conf.lab /etc/resolv.conf
    sed -i 's/^hosts:.*/hosts: files dns/' /etc/nsswitch.conf
    {
        echo '127.0.0.1 localhost'
        local host
        for host in "${hosts[@]}"; do echo "${address[$host]} $host.corp.example $host"; done
    } > /etc/hosts
    cp "$lab/servers/krb5.conf" /etc/krb5.conf
}

# One authority, one key pair for each host; elliptic keys because they are made in no time.
private_certificates()
{
    local host tls=$state/tls
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj '/CN=Lab CA' \
        -keyout "$tls/ca.key" -out "$tls/ca.pem" 2> /dev/null
    for host in "${hosts[@]}"; do
        openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$host.corp.example" \
            -keyout "$tls/$host.key" -out "$tls/$host.csr" 2> /dev/null
        openssl x509 -req -in "$tls/$host.csr" -CA "$tls/ca.pem" -CAkey "$tls/ca.key" -CAcreateserial -days 30 \
            -extfile <(echo "subjectAltName=DNS:$host.corp.example") -out "$tls/$host.pem" 2> /dev/null
    done
    chmod 644 "$tls"/*.key
}
