// Takes the place of a box's dynamic loader and tells that it was run. It is started with the
// headers of the program that it is to load, which a C library would trip over: so there is none.
#define AT_FDCWD (-100L)

static long call(long number, long a, long b, long c, long d) {
#if defined(__x86_64__)
  register long fourth __asm__("r10") = d;
  __asm__ volatile("syscall"
                   : "+a"(number)
                   : "D"(a), "S"(b), "d"(c), "r"(fourth)
                   : "rcx", "r11", "memory");
  return number;
#elif defined(__aarch64__)
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
  return x0;
#endif
}

#if defined(__x86_64__)
enum { kOpenat = 257, kExit = 60 };
#elif defined(__aarch64__)
enum { kOpenat = 56, kExit = 93 };
#endif

void _start(void) {
  enum { kCreateToWrite = 0101 };
  call(kOpenat, AT_FDCWD, (long)"/tmp/loader-ran", kCreateToWrite, 0600);
  call(kExit, 0, 0, 0, 0);
}
