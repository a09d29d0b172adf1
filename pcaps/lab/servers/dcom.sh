# The emulated object resolver and exporter on hub.

start_dcom()
{
    background dcom hub /usr/bin/python3 "$lab/emulated/dcom.py" "${address[hub]}" 59600
    listens hub 135 59600
}
