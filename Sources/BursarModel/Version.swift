/// This program's version, as `--version`, the User-Agent and `/metrics` tell it.
package let bursarVersion = "0.1.0"
