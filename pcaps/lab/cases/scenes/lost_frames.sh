# scenes/lost_frames: conforming, of which about every eighth IP packet was not captured (tcpdump was told to leave it out)
# shellcheck source=pcaps/lab/cases/scenes/conforming.sh
. "$lab/cases/scenes/conforming.sh"
frames=('not (ip and ip[5] & 7 = 3)')   # the last bits of the number that IP gives each packet

drive()
{
    directory hub
    : > "$facts" # what of it was captured is left to chance
    mail ok hub edge -tls
    mail ok edge hub -tls
    sleep 3
    mail ok hub edge -tls
    mail ok edge hub -tls
    fact edge:25/tcp client "${address[hub]}"
    fact hub:25/tcp client "${address[edge]}"
    ok hub kdestroy
}
