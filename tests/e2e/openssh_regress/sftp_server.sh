#!/bin/sh
# Stands for sftp-server where a regression test has sftp or scp start one without ssh: it is the one of
# the box, through the gateway.
exec /usr/bin/ssh -q -F "$ZOMG_REGRESS_OBJ/ssh_proxy" -s somehost sftp
