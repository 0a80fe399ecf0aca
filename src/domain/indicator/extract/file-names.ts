const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/u));

/** File extensions that are not top-level domains: setup.exe is a file name. */
export const fileExtensions = words(`
  7z apk asp aspx avi bak bash bat bin bmp bz2 c cer cfg chm class cmd conf config cpl cpp crt cs css csv dat db deb dll
  dmg doc docm docx dotm elf eml exe gif gz h hta htm html ico ics img ini ipa iso jar java jpeg jpg js jse json jsp
  jsx key ko lib lnk lock log mht msi msg msp msu ocx odt ova pcap pcapng pdf pem pfx php plist png ppt pptm pptx ps1
  psd1 psm1 py3 pyc rar rb reg rpm rtf scr sln sql sqlite svg swf sys tar tgz tif tiff tmp toml ts tsx ttf txt vb vbe vbs
  vhd vhdx vmdk wav webp wsf xlam xll xls xlsb xlsm xlsx xml xz yaml yar yara yml
`);

/**
 * File extensions that are also top-level domains: in running text, main.rs is taken for a file unless its surroundings
 * show a domain. Only the usual ones: cc, pl, ml or app would hide more domains than files.
 */
export const sharedExtensions = words('cab md mov pm ps pub py rs sh so zip');
