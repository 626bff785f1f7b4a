/*
 * The filter is a small program for the kernel: is this our machine's kind of
 * system calls, and is this one on the list?  A list of what is allowed, so
 * that what a later kernel brings is not.
 */
#include "subscribe/confine.h"

#include <errno.h>
#include <stdint.h>

#ifdef __linux__
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include "base/error.h"

#ifdef __linux__
#if defined(__x86_64__) && !defined(__ILP32__)
#define CONFINE_ARCH AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define CONFINE_ARCH AUDIT_ARCH_I386
#elif defined(__aarch64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define CONFINE_ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define CONFINE_ARCH AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define CONFINE_ARCH AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define CONFINE_ARCH AUDIT_ARCH_PPC64LE
#endif

#endif

#ifdef CONFINE_ARCH

#define ALLOW(number) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), \
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define FIELD(field) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))

static const struct sock_filter program[] = {
	FIELD(arch),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CONFINE_ARCH, 1, 0),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	FIELD(nr),
	/* Files that are open. */
	ALLOW(__NR_read), ALLOW(__NR_write), ALLOW(__NR_readv),
	ALLOW(__NR_writev), ALLOW(__NR_pread64), ALLOW(__NR_pwrite64),
	ALLOW(__NR_lseek), ALLOW(__NR_close), ALLOW(__NR_fsync),
	ALLOW(__NR_fdatasync), ALLOW(__NR_ftruncate), ALLOW(__NR_fstat),
#ifdef __NR_newfstatat
	ALLOW(__NR_newfstatat),		/* fstat(3) of some C libraries */
#endif
#ifdef __NR__llseek
	ALLOW(__NR__llseek),
#endif
#ifdef __NR_fstat64
	ALLOW(__NR_fstat64), ALLOW(__NR_ftruncate64),
#endif
	/* Memory. */
	ALLOW(__NR_brk), ALLOW(__NR_munmap), ALLOW(__NR_mremap),
	ALLOW(__NR_mprotect), ALLOW(__NR_madvise),
#ifdef __NR_mmap
	ALLOW(__NR_mmap),
#endif
#ifdef __NR_mmap2
	ALLOW(__NR_mmap2),
#endif
	/* Time, chance, signals to itself, and the end. */
	ALLOW(__NR_clock_gettime), ALLOW(__NR_gettimeofday),
#ifdef __NR_clock_gettime64
	ALLOW(__NR_clock_gettime64),
#endif
	ALLOW(__NR_getrandom), ALLOW(__NR_getrusage), ALLOW(__NR_getpid),
	ALLOW(__NR_gettid), ALLOW(__NR_tgkill), ALLOW(__NR_rt_sigaction),
	ALLOW(__NR_rt_sigprocmask), ALLOW(__NR_rt_sigreturn),
	ALLOW(__NR_sigaltstack), ALLOW(__NR_futex), ALLOW(__NR_sched_yield),
	ALLOW(__NR_restart_syscall), ALLOW(__NR_exit), ALLOW(__NR_exit_group),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
};

int confine_enter(void)
{
	const struct sock_fprog filter = {
		.len = sizeof(program) / sizeof(*program),
		.filter = (struct sock_filter *)(uintptr_t)program,
	};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -errno;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0)
		return 0;
	return errno == EINVAL || errno == ENOSYS ? ERROR_ABSENT : -errno;
}

#else

int confine_enter(void)
{
	return ERROR_ABSENT;
}

#endif
