/* words: readers of what several keys of tables and sites hold: lists of texts, roles, methods of authentication and
 * encryption, yes and no, durations. The closed lists stand in audit/table.h. */
#ifndef AUDIT_WORDS_H
#define AUDIT_WORDS_H

#include "audit/table.h"
#include "audit/yaml.h"

/* Each reads one text or a list of texts into a struct texts. */
yaml_reader words_read_texts, words_read_roles, words_read_authentication, words_read_encryption;
/* Into an enum answer. */
yaml_reader words_read_answer;
/* `90s`, `5m`, `1h`, `2d` into a uint64_t of nanoseconds. */
yaml_reader words_read_duration_ns;
/* The words of enum requirement, into one; an unknown word is told. */
yaml_reader words_read_requirement;
/* A network as reports write it, such as "vlan:10" or "vlan:10/vxlan:5000", into a text. */
yaml_reader words_read_network;
/* The words of enum needs, into one. */
yaml_reader words_read_needs;

#endif
