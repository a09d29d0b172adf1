#!/bin/sh
# Runs a Debian root folder as a system of its own, systemd as process 1: `unshare ... sh tests/system_boot.sh ROOT`, in new
# namespaces of mounts, processes, names, IPC, network and control groups. What belongs to the machine (/sys, /proc/sys) can
# be read only, which also keeps systemd from setting it up.
set -e
root=$1
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
mkdir "$root/dev/pts" "$root/dev/shm"
for node in null zero full random urandom tty; do
    : > "$root/dev/$node"
    mount --bind "/dev/$node" "$root/dev/$node"
done
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
for unit in sys-kernel-debug.mount sys-kernel-tracing.mount systemd-modules-load.service systemd-remount-fs.service; do
    mkdir -p "$root/run/systemd/system"
    ln -s /dev/null "$root/run/systemd/system/$unit"
done
cd "$root"
mkdir -p before
pivot_root . before
exec chroot . /bin/sh -c 'umount -l /before; exec env -i container=test PATH=/usr/sbin:/usr/bin:/sbin:/bin /sbin/init'
