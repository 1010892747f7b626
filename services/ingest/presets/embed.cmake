# Writes the files of this folder as C: cmake -DFILES=a.yaml,b.yaml -DTO=presets.c -P embed.cmake
string(REPLACE "," ";" FILES "${FILES}")
set(arrays "")
set(rows "")
foreach(path ${FILES})
  get_filename_component(name ${path} NAME_WE)
  string(MAKE_C_IDENTIFIER "preset_${name}" word)
  file(READ ${path} bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  string(APPEND arrays "static const char ${word}[] = {${bytes}};\n")
  string(APPEND rows "    {\"${name}\", ${word}, sizeof ${word}},\n")
endforeach()
file(WRITE ${TO} "#include \"services/ingest/preset.h\"\n\n${arrays}\nconst struct preset presets[] = {\n${rows}};\n"
                 "const size_t preset_count = sizeof presets / sizeof *presets;\n")
