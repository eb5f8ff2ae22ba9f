#!/bin/sh
# in-empty-root.sh ROOT COMMAND…: runs a command as an ordinary user without a network, in a root that holds the C library of this
# machine, a shell, one account, and what lies in ROOT already. Needs root; nothing outside of ROOT is changed.
set -eu
root=$1
shift
mkdir -p "$root/lib" "$root/lib64" "$root/usr/lib" "$root/bin" "$root/proc" "$root/dev" "$root/tmp" "$root/home"
mkdir -p "$root/etc"
printf "tieline:x:65534:65534::/home:/bin/sh\n" >"$root/etc/passwd"
chmod 1777 "$root/tmp"
chown 65534:65534 "$root/home"
cp -L /bin/sh "$root/bin/sh"
exec unshare --net --mount --pid --fork sh -c '
  root=$1; shift
  mount --make-rprivate /
  for part in lib lib64 usr/lib; do
    [ -d "/$part" ] && mount --bind "/$part" "$root/$part" && mount -o remount,ro,bind "$root/$part"
  done
  mount -t proc proc "$root/proc"
  mount -t tmpfs -o mode=755 tmpfs "$root/dev"
  for node in null zero urandom random; do : >"$root/dev/$node"; mount --bind "/dev/$node" "$root/dev/$node"; done
  mkdir "$root/dev/shm"; mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
  ip link set lo up 2>/dev/null || true
  exec chroot --userspec=65534:65534 "$root" /bin/sh -c "cd /home; exec \"\$@\"" sh "$@"
' sh "$root" "$@"
