# Turns the template of the page into C, in two pieces: what stands before the audit, and what stands behind it.
#   cmake -DPAGE=page/dist/page.html -DOUT=page.c -P cmake/page.cmake
file(READ ${PAGE} hex HEX)
string(HEX "@AUDIT@" mark)
string(FIND "${hex}" "${mark}" at)
string(FIND "${hex}" "${mark}" last REVERSE)
string(LENGTH "${mark}" length)
if(at EQUAL -1 OR NOT at EQUAL last)
  message(FATAL_ERROR "${PAGE}: needs the mark @AUDIT@ exactly once, where the audit goes")
endif()
math(EXPR behind "${at} + ${length}")
string(SUBSTRING "${hex}" 0 ${at} head)
string(SUBSTRING "${hex}" ${behind} -1 tail)

set(c "/* Made from the template of the page by cmake/page.cmake. */\n#include \"reports/html.h\"\n")
foreach(piece head tail)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${${piece}}")
  string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
  string(APPEND c "\nconst unsigned char page_${piece}[] = {\n${bytes}\n};\n"
                  "const size_t page_${piece}_bytes = sizeof page_${piece};\n")
endforeach()
file(WRITE ${OUT} "${c}")
