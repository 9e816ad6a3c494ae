// The same noise as hostile_session.c, from the process that sessions are to be forked from.
#define HOSTILE_ZYGOTE
#include "hostile_session.c"  // NOLINT(bugprone-suspicious-include)
