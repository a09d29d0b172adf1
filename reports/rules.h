/* rules: firewall rules from permits, in the words of three firewalls. Each rule has its evidence as a comment, and
 * everything is written so that nothing is dropped or opened before a person has read it. options->host: for one host.
 */
#ifndef REPORTS_RULES_H
#define REPORTS_RULES_H

#include "reports/permits.h"
#include "reports/report.h"

void rules_nftables(const struct audit *audit, const struct permits *permits, const struct report_options *options,
                    FILE *out);
void rules_windows(const struct audit *audit, const struct permits *permits, const struct report_options *options,
                   FILE *out);
void rules_cisco(const struct audit *audit, const struct permits *permits, const struct report_options *options,
                 FILE *out);

#endif
