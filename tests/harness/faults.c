#include "harness/faults.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static unsigned calls, at;
static int fault;
static bool armed, again, disk_full;

void faults_arm(unsigned n, int error, bool for_ever)
{
    calls = 0;
    at = n;
    fault = error;
    again = for_ever;
    armed = true;
}

unsigned faults_disarm(void)
{
    armed = false;
    return calls;
}

// Whether this call fails; errno is set.
static bool fails(void)
{
    if (!armed)
        return false;
    calls++;
    if (at == 0 || calls < at || (calls > at && !again))
        return false;
    errno = fault == FAULT_SHORT ? EIO : fault;
    return true;
}

// Sockets and what libraries wake their threads with are left alone.
static bool file_fails(int fd)
{
    struct stat facts;
    return armed && fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode) && fails();
}

static size_t half(size_t length)
{
    return fault == FAULT_SHORT ? length / 2 : 0;
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    if (!file_fails(fd))
        return syscall(SYS_write, fd, bytes, length);
    return half(length) > 0 ? syscall(SYS_write, fd, bytes, half(length)) : -1;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    if (!fails())
        return syscall(SYS_pwrite64, fd, bytes, length, offset);
    return half(length) > 0 ? syscall(SYS_pwrite64, fd, bytes, half(length), offset) : -1;
}

ssize_t writev(int fd, const struct iovec *pieces, int count)
{
    if (!file_fails(fd))
        return syscall(SYS_writev, fd, pieces, count);
    return half(pieces[0].iov_len) > 0 ? syscall(SYS_write, fd, pieces[0].iov_base, half(pieces[0].iov_len)) : -1;
}

int fdatasync(int fd)
{
    return fails() ? -1 : (int)syscall(SYS_fdatasync, fd);
}

int fsync(int fd)
{
    return fails() ? -1 : (int)syscall(SYS_fsync, fd);
}

int ftruncate(int fd, off_t length)
{
    return fails() ? -1 : (int)syscall(SYS_ftruncate, fd, length);
}

int mkdir(const char *path, mode_t mode)
{
    return fails() ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int rename(const char *from, const char *to)
{
    return fails() ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

void faults_disk_full(bool full)
{
    disk_full = full;
}

int statvfs(const char *path, struct statvfs *facts)
{
    int file = open(path, O_PATH | O_CLOEXEC);
    if (file < 0)
        return -1;
    int rc = fstatvfs(file, facts);
    close(file);
    if (disk_full)
        facts->f_bavail = 0;
    return rc;
}
