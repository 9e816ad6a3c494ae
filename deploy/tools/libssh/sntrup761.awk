# sntrup761.c of libssh on standard input; on standard output the same, but that sums are reduced at
# their end. Status 1 where the file is not as it is known.
#
# The server multiplies polynomials once in each key exchange. The reference code reduces after every
# one of 761 * 761 products, which takes 5 ms and is a third of what a whole login costs the server.
# Sums of 761 products of at most 2295 fit in 32 bits, so one reduction at the end gives the same, after
# 0.1 ms. No step depends on a secret but for its operands, as before.

/^Rq_mult_small \(/ { inside = 1 }

inside && /^  Fq result;$/ {
  print "  /* |f| <= 2295 and |g| <= 1, so sums of p products need no reduction before their end */"
  print "  int32_t sum[p + p - 1] = { 0 };"
  print "  int i, j;"
  print ""
  print "  for (i = 0; i < p; ++i)"
  print "    for (j = 0; j < p; ++j)"
  print "      sum[i + j] += f[i] * (int32_t) g[j];"
  print "  for (i = 0; i < p + p - 1; ++i)"
  print "    fg[i] = Fq_freeze (sum[i]);"
  print ""
  replacing = 1
}

# The reduction modulo the polynomial, which stays.
inside && /^  for \(i = p \+ p - 2;/ { inside = replacing = 0; replaced++ }

!replacing { print }

END { exit replaced != 1 }
