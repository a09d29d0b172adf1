/* notice: a line for whoever runs the program, on standard error. Names of files and what stands in them may be a
 * stranger's: nothing in such a line moves a cursor or colours a terminal (reports/clean.h). */
#ifndef APP_NOTICE_H
#define APP_NOTICE_H

/* "pathaudit: " and the text, as one line; a longer one than some 4,000 bytes is cut. */
__attribute__((format(printf, 1, 2))) void notice_say(const char *format, ...);

#endif
