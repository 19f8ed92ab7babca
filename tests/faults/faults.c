/* Storage calls of one process, counted, logged and made to fail; loaded with LD_PRELOAD.
 *
 * Only calls that change something below an armed folder count: the k-th of them meets the fault.
 * A descriptor's path is read from /proc/self/fd, so nothing has to be remembered.
 *
 * A line of the log: number, call, path, second path, result (or -errno), inode, note; by tabs.
 * Paths are relative to the folder. The note is `new` where open or mkdir made something, and the
 * name of a copy of the file as it was brought to the disk where fsync did (if copies are asked
 * for), which is what a model of a power loss needs.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* The order of `Kind` in library.py. */
enum { NONE, KILL_BEFORE, KILL_AFTER, FAIL_EIO, FAIL_ENOSPC, FAIL_EROFS, FAIL_EDQUOT,
       SHORT_WRITE, TORN_WRITE, RAISE_SIGINT, RAISE_SIGTERM, PAUSE };

static char root[PATH_MAX], copies[PATH_MAX];
static size_t root_size;
static atomic_int count, fired, copied;
static int armed, target, kind, without_syncs, log_fd = -1, told_fd = -1, go_fd = -1;

struct point { int number, error, die, cut; };

void faults_arm(const char *folder, int k, int what)
{
    snprintf(root, sizeof root, "%s", folder);
    root_size = strlen(root);
    target = k;
    kind = what;
    count = fired = 0;
    armed = 1;
}

void faults_disarm(void) { armed = 0; }
int faults_fired(void) { return fired; }
void faults_swallow_syncs(int yes) { without_syncs = yes; }
void faults_log(int fd, const char *folder)
{
    log_fd = fd;
    snprintf(copies, sizeof copies, "%s", folder);
}
/* Kind PAUSE: before every call one byte goes to `told`, and one is awaited from `go`. */
void faults_pause(int told, int go) { told_fd = told; go_fd = go; }

static void die(void)
{
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

static const char *of_descriptor(int fd, char *out)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, out, PATH_MAX - 1);
    if (size < 0) return NULL;
    out[size] = 0;
    return out;
}

static const char *resolved(int at, const char *path, char *out)
{
    char base[PATH_MAX];
    if (path[0] == '/') base[0] = 0;
    else if (at == AT_FDCWD) { if (!getcwd(base, sizeof base)) return NULL; }
    else if (!of_descriptor(at, base)) return NULL;
    if (snprintf(out, PATH_MAX, "%s%s%s", base, base[0] ? "/" : "", path) >= PATH_MAX) return NULL;
    return out;
}

/* The part of a path below the root, or NULL when it is elsewhere. */
static const char *below(const char *path)
{
    if (!armed || !path || strncmp(path, root, root_size)) return NULL;
    if (!path[root_size]) return ".";
    return path[root_size] == '/' ? path + root_size + 1 : NULL;
}

/* Whether a call takes room on the disk: these go on failing once it is full. */
static int takes_room(const char *call)
{
    return strstr(call, "write") || strstr(call, "open") || strstr(call, "mkdir") ||
           strstr(call, "link") == call || strstr(call, "allocate") || strstr(call, "copy");
}

static struct point begin(const char *call, int is_write)
{
    struct point p = { .number = atomic_fetch_add(&count, 1) + 1 };
    if (kind == PAUSE) {
        char byte = 0;
        if (syscall(SYS_write, told_fd, &byte, 1) == 1)
            while (syscall(SYS_read, go_fd, &byte, 1) < 0 && errno == EINTR) {}
        return p;
    }
    int later = fired && p.number > target;
    if (later && kind == FAIL_EROFS) p.error = EROFS;
    if (later && kind == FAIL_ENOSPC && takes_room(call)) p.error = ENOSPC;
    if (later && kind == FAIL_EDQUOT && takes_room(call)) p.error = EDQUOT;
    if (p.number != target || kind == NONE) return p;
    if ((kind == SHORT_WRITE || kind == TORN_WRITE) && !is_write) return p;
    fired = 1;
    switch (kind) {
    case KILL_BEFORE: die(); break;
    case KILL_AFTER: p.die = 1; break;
    case FAIL_EIO: p.error = EIO; break;
    case FAIL_ENOSPC: p.error = ENOSPC; break;
    case FAIL_EROFS: p.error = EROFS; break;
    case FAIL_EDQUOT: p.error = EDQUOT; break;
    case SHORT_WRITE: p.cut = 1; break;
    case TORN_WRITE: p.cut = p.die = 1; break;
    case RAISE_SIGINT: syscall(SYS_kill, getpid(), SIGINT); break;
    case RAISE_SIGTERM: syscall(SYS_kill, getpid(), SIGTERM); break;
    }
    return p;
}

static long finish(struct point p, const char *call, const char *path, const char *second,
                   long result, long inode, const char *note)
{
    int error = errno;
    if (log_fd >= 0) {
        char line[2 * PATH_MAX + 200];
        int size = snprintf(line, sizeof line, "%d\t%s\t%s\t%s\t%ld\t%ld\t%s\n", p.number, call,
                            path, second, result < 0 ? -(long)error : result, inode, note);
        syscall(SYS_write, log_fd, line, size);
    }
    if (p.die) die();
    errno = error;
    return result;
}

static long inode_at(int at, const char *path)
{
    struct stat status;
    return fstatat(at, path, &status, AT_SYMLINK_NOFOLLOW) ? 0 : (long)status.st_ino;
}

static long inode_of(int fd)
{
    struct stat status;
    return fstat(fd, &status) ? 0 : (long)status.st_ino;
}

/* Copy a file into the folder of copies; returns the copy's name, empty when none is made. */
static const char *copy_of(int fd, char *name)
{
    struct stat status;
    char path[PATH_MAX], block[65536];
    name[0] = 0;
    if (!copies[0] || fstat(fd, &status) || !S_ISREG(status.st_mode)) return name;
    snprintf(name, 32, "%d", atomic_fetch_add(&copied, 1));
    if (snprintf(path, sizeof path, "%s/%s", copies, name) >= (int)sizeof path) return name;
    int out = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    char self[64];
    snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    int in = syscall(SYS_openat, AT_FDCWD, self, O_RDONLY);  /* `fd` may be for writing only */
    long size;
    while ((size = syscall(SYS_read, in, block, sizeof block)) > 0)
        syscall(SYS_write, out, block, size);
    syscall(SYS_close, in);
    syscall(SYS_close, out);
    return name;
}

#define REAL(type, name, parameters)                                                              \
    static type(*real) parameters;                                                                \
    if (!real) real = (type(*) parameters)dlsym(RTLD_NEXT, name)

/* --- opening ----------------------------------------------------------------------------------*/

static int opening(const char *call, int at, const char *path, int flags, mode_t mode)
{
    REAL(int, "openat64", (int, const char *, int, ...));
    char full[PATH_MAX];
    const char *where = NULL;
    if (armed && (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)))
        where = below(resolved(at, path, full));
    if (!where) return real(at, path, flags, mode);
    int is_new = (flags & O_CREAT) && !inode_at(at, path);
    struct point p = begin(call, 0);
    int fd = -1;
    if (p.error) errno = p.error;
    else fd = real(at, path, flags, mode);
    const char *note = is_new ? "new" : flags & O_TRUNC ? "cut" : "";
    return finish(p, call, where, "", fd, fd < 0 ? 0 : inode_of(fd), note);
}

#define MODE                                                                                      \
    mode_t mode = 0;                                                                              \
    if (flags & (O_CREAT | O_TMPFILE)) {                                                          \
        va_list rest;                                                                             \
        va_start(rest, flags);                                                                    \
        mode = va_arg(rest, mode_t);                                                              \
        va_end(rest);                                                                             \
    }

int open(const char *path, int flags, ...) { MODE return opening("open", AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE return opening("open", AT_FDCWD, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { MODE return opening("open", at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE return opening("open", at, path, flags, mode); }
int __open_2(const char *path, int flags) { return opening("open", AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return opening("open", AT_FDCWD, path, flags, 0); }
int __openat_2(int at, const char *path, int flags) { return opening("open", at, path, flags, 0); }
int __openat64_2(int at, const char *path, int flags) { return opening("open", at, path, flags, 0); }
int creat(const char *path, mode_t mode) { return opening("open", AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return opening("open", AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

/* --- writing ----------------------------------------------------------------------------------*/

#define ON_DESCRIPTOR(call, is_write, real_call)                                                  \
    char full[PATH_MAX];                                                                          \
    const char *where = armed ? below(of_descriptor(fd, full)) : NULL;                            \
    if (!where) return real_call;                                                                 \
    struct point p = begin(call, is_write);                                                       \
    if (p.error) { errno = p.error; return finish(p, call, where, "", -1, inode_of(fd), ""); }

ssize_t write(int fd, const void *data, size_t size)
{
    REAL(ssize_t, "write", (int, const void *, size_t));
    ON_DESCRIPTOR("write", 1, real(fd, data, size))
    ssize_t done = real(fd, data, p.cut ? size / 2 : size);
    return finish(p, "write", where, "", done, inode_of(fd), "");
}

static ssize_t writing_at(int fd, const void *data, size_t size, off64_t at)
{
    REAL(ssize_t, "pwrite64", (int, const void *, size_t, off64_t));
    ON_DESCRIPTOR("write", 1, real(fd, data, size, at))
    ssize_t done = real(fd, data, p.cut ? size / 2 : size, at);
    return finish(p, "write", where, "", done, inode_of(fd), "");
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return writing_at(fd, data, size, at); }
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) { return writing_at(fd, data, size, at); }

ssize_t writev(int fd, const struct iovec *parts, int many)
{
    REAL(ssize_t, "writev", (int, const struct iovec *, int));
    ON_DESCRIPTOR("write", 1, real(fd, parts, many))
    struct iovec half = { parts[0].iov_base, parts[0].iov_len / 2 };
    ssize_t done = p.cut && many ? real(fd, &half, 1) : real(fd, parts, many);
    return finish(p, "write", where, "", done, inode_of(fd), "");
}

static ssize_t writing_parts_at(int fd, const struct iovec *parts, int many, off64_t at)
{
    REAL(ssize_t, "pwritev64", (int, const struct iovec *, int, off64_t));
    ON_DESCRIPTOR("write", 1, real(fd, parts, many, at))
    struct iovec half = { parts[0].iov_base, parts[0].iov_len / 2 };
    ssize_t done = p.cut && many ? real(fd, &half, 1, at) : real(fd, parts, many, at);
    return finish(p, "write", where, "", done, inode_of(fd), "");
}
ssize_t pwritev(int fd, const struct iovec *parts, int many, off_t at) { return writing_parts_at(fd, parts, many, at); }
ssize_t pwritev64(int fd, const struct iovec *parts, int many, off64_t at) { return writing_parts_at(fd, parts, many, at); }

static ssize_t sending(int fd, int from, off64_t *at, size_t size)
{
    REAL(ssize_t, "sendfile64", (int, int, off64_t *, size_t));
    ON_DESCRIPTOR("write", 1, real(fd, from, at, size))
    ssize_t done = real(fd, from, at, p.cut && size > 1 ? size / 2 : size);
    return finish(p, "write", where, "", done, inode_of(fd), "");
}
ssize_t sendfile(int fd, int from, off_t *at, size_t size) { return sending(fd, from, at, size); }
ssize_t sendfile64(int fd, int from, off64_t *at, size_t size) { return sending(fd, from, at, size); }

ssize_t copy_file_range(int from, off64_t *from_at, int fd, off64_t *at, size_t size, unsigned flags)
{
    REAL(ssize_t, "copy_file_range", (int, off64_t *, int, off64_t *, size_t, unsigned));
    ON_DESCRIPTOR("write", 1, real(from, from_at, fd, at, size, flags))
    ssize_t done = real(from, from_at, fd, at, p.cut && size > 1 ? size / 2 : size, flags);
    return finish(p, "write", where, "", done, inode_of(fd), "");
}

static int cutting(int fd, off64_t size)
{
    REAL(int, "ftruncate64", (int, off64_t));
    ON_DESCRIPTOR("ftruncate", 0, real(fd, size))
    return finish(p, "ftruncate", where, "", real(fd, size), inode_of(fd), "");
}
int ftruncate(int fd, off_t size) { return cutting(fd, size); }
int ftruncate64(int fd, off64_t size) { return cutting(fd, size); }

static int allocating(int fd, int mode, off64_t at, off64_t size)
{
    REAL(int, "fallocate64", (int, int, off64_t, off64_t));
    ON_DESCRIPTOR("fallocate", 0, real(fd, mode, at, size))
    return finish(p, "fallocate", where, "", real(fd, mode, at, size), inode_of(fd), "");
}
int fallocate(int fd, int mode, off_t at, off_t size) { return allocating(fd, mode, at, size); }
int fallocate64(int fd, int mode, off64_t at, off64_t size) { return allocating(fd, mode, at, size); }

/* --- bringing to the disk ---------------------------------------------------------------------*/

#define SYNC(name)                                                                                \
    int name(int fd)                                                                              \
    {                                                                                             \
        REAL(int, #name, (int));                                                                  \
        ON_DESCRIPTOR("fsync", 0, real(fd))                                                       \
        char copy[32];                                                                            \
        if (without_syncs) return finish(p, "no fsync", where, "", 0, inode_of(fd), "");          \
        int done = real(fd);                                                                      \
        return finish(p, "fsync", where, "", done, inode_of(fd), done ? "" : copy_of(fd, copy));\
    }
SYNC(fsync)
SYNC(fdatasync)

/* --- names ------------------------------------------------------------------------------------*/

#define ON_PATH(call, at, real_call)                                                              \
    char full[PATH_MAX];                                                                          \
    const char *where = armed ? below(resolved(at, path, full)) : NULL;                           \
    if (!where) return real_call;                                                                 \
    struct point p = begin(call, 0);                                                              \
    if (p.error) { errno = p.error; return finish(p, call, where, "", -1, 0, ""); }

#define ON_TWO_PATHS(call, at, to_at, real_call)                                                  \
    char full[PATH_MAX], to_full[PATH_MAX];                                                       \
    const char *where = armed ? below(resolved(at, path, full)) : NULL;                           \
    const char *to_where = armed ? below(resolved(to_at, to, to_full)) : NULL;                    \
    if (!where && !to_where) return real_call;                                                    \
    if (!where) where = "";                                                                       \
    if (!to_where) to_where = "";                                                                 \
    struct point p = begin(call, 0);                                                              \
    if (p.error) { errno = p.error; return finish(p, call, where, to_where, -1, 0, ""); }         \
    long inode = inode_at(at, path);                                                              \
    return finish(p, call, where, to_where, real_call, inode, "")

static int linking(int at, const char *path, int to_at, const char *to, int flags)
{
    REAL(int, "linkat", (int, const char *, int, const char *, int));
    ON_TWO_PATHS("link", at, to_at, real(at, path, to_at, to, flags));
}
int link(const char *path, const char *to) { return linking(AT_FDCWD, path, AT_FDCWD, to, 0); }
int linkat(int at, const char *path, int to_at, const char *to, int flags) { return linking(at, path, to_at, to, flags); }

static int renaming(int at, const char *path, int to_at, const char *to)
{
    REAL(int, "renameat", (int, const char *, int, const char *));
    ON_TWO_PATHS("rename", at, to_at, real(at, path, to_at, to));
}
int rename(const char *path, const char *to) { return renaming(AT_FDCWD, path, AT_FDCWD, to); }
int renameat(int at, const char *path, int to_at, const char *to) { return renaming(at, path, to_at, to); }

int renameat2(int at, const char *path, int to_at, const char *to, unsigned flags)
{
    REAL(int, "renameat2", (int, const char *, int, const char *, unsigned));
    ON_TWO_PATHS("rename", at, to_at, real(at, path, to_at, to, flags));
}

static int removing(int at, const char *path, int flags)
{
    REAL(int, "unlinkat", (int, const char *, int));
    const char *call = flags & AT_REMOVEDIR ? "rmdir" : "unlink";
    ON_PATH(call, at, real(at, path, flags))
    return finish(p, call, where, "", real(at, path, flags), 0, "");
}
int unlink(const char *path) { return removing(AT_FDCWD, path, 0); }
int unlinkat(int at, const char *path, int flags) { return removing(at, path, flags); }
int rmdir(const char *path) { return removing(AT_FDCWD, path, AT_REMOVEDIR); }

int remove(const char *path)  /* DuckDB's way; libc's own would not pass through here */
{
    struct stat status;
    int is_folder = !lstat(path, &status) && S_ISDIR(status.st_mode);
    return removing(AT_FDCWD, path, is_folder ? AT_REMOVEDIR : 0);
}

static int making(int at, const char *path, mode_t mode)
{
    REAL(int, "mkdirat", (int, const char *, mode_t));
    ON_PATH("mkdir", at, real(at, path, mode))
    int done = real(at, path, mode);
    return finish(p, "mkdir", where, "", done, inode_at(at, path), done ? "" : "new");
}
int mkdir(const char *path, mode_t mode) { return making(AT_FDCWD, path, mode); }
int mkdirat(int at, const char *path, mode_t mode) { return making(at, path, mode); }

static int shortcut(const char *path_told, int at, const char *path)
{
    REAL(int, "symlinkat", (const char *, int, const char *));
    ON_PATH("symlink", at, real(path_told, at, path))
    return finish(p, "symlink", where, "", real(path_told, at, path), 0, "");
}
int symlink(const char *told, const char *path) { return shortcut(told, AT_FDCWD, path); }
int symlinkat(const char *told, int at, const char *path) { return shortcut(told, at, path); }
