# What a Debian package has otherwise than `cmake --install`: run by cpack over the files before they are packed.
set(usr ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/usr)
set(docs ${usr}/share/doc/pathaudit)
get_filename_component(here ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)

# Debian's zsh looks for what packages bring in a folder of its own.
file(MAKE_DIRECTORY ${usr}/share/zsh)
file(RENAME ${usr}/share/zsh/site-functions ${usr}/share/zsh/vendor-completions)
# Units stand below /lib.
file(MAKE_DIRECTORY ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/lib)
file(RENAME ${usr}/lib/systemd ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/lib/systemd)
file(REMOVE_RECURSE ${usr}/lib)

file(READ ${here}/packaging/debian/changelog.in changelog)
string(REPLACE "@PROJECT_VERSION@" "${CPACK_PACKAGE_VERSION}" changelog "${changelog}")
file(WRITE ${docs}/changelog "${changelog}")
file(MAKE_DIRECTORY ${usr}/share/lintian/overrides)
file(COPY_FILE ${here}/packaging/debian/lintian-overrides ${usr}/share/lintian/overrides/pathaudit)
execute_process(COMMAND gzip -9 -n -f ${usr}/share/man/man1/pathaudit.1 ${docs}/changelog COMMAND_ERROR_IS_FATAL ANY)
