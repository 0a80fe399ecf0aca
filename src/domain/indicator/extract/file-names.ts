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

/** `356985.one` and `Makefile.am` too, whose endings are otherwise those of domains. */
export const mayBeFile = (name: string): boolean =>
  sharedExtensions.has(name.slice(name.lastIndexOf('.') + 1)) || /^\d+\.one$|^makefile\.am$/u.test(name);

/** com.example.app, the name of an Android package, is a domain written backwards. */
export const isPackage = (name: string): boolean =>
  /^(?:com|org|net|edu|gov|io|[a-z]{2})\.[\w-]+\.(?:[\w-]+\.)*(?!com$|org$|net$)[a-z]+$/u.test(name) &&
  packageRoots.has(name.slice(0, name.indexOf('.')));

const packageRoots = words('com org net edu gov io ru de cn fr jp kr uk br pl it es nl cz tr ua in');

/** self.name, user.email.to, window.open: a member of what programs know under this name. */
export const isCode = (text: string): boolean =>
  codeRoots.has(text.slice(0, text.indexOf('.'))) && memberNames.has(text.slice(text.lastIndexOf('.') + 1));

const codeRoots = words(`
  self this super window parent document console module exports process math json object array string number date promise
  os sys re np pd plt tf torch request response req res ctx args kwargs event element node user item obj config options
  props state logger log system app http tls dns ssh smb file rule host threat kubernetes source destination cloud container
  agent ecs observer network winlog registry process dll package service
`);

/** Top-level domains that programs have as names of members. */
const memberNames = words(`
  name open to id host info email link date now page media day box link run next map is in at me it as do no so zone
  computer network systems data stream channel channels events report reports support services tools app play style
  top audio video select search security
`);
