/// Which network addresses a host grants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum HostGrants {
    /// None.
    #[default]
    Nothing,
    /// Every address.
    Everything,
    /// These names: `api.example.com`, `localhost:8080` (only that port), `*.example.com` (names below it).
    Named(Vec<String>),
}

impl HostGrants {
    /// Grants these names only; see [`HostGrants::Named`].
    pub fn named(names: impl IntoIterator<Item = impl Into<String>>) -> HostGrants {
        HostGrants::Named(names.into_iter().map(|name| name.into().to_ascii_lowercase()).collect())
    }

    /// Whether the host `name` may be asked on `port`.
    pub fn allow(&self, name: &str, port: u16) -> bool {
        let name = name.to_ascii_lowercase();
        match self {
            HostGrants::Nothing => false,
            HostGrants::Everything => true,
            HostGrants::Named(granted) => granted.iter().any(|granted| {
                let (host, only) = match granted.rsplit_once(':') {
                    // What stands in brackets is an address of IPv6, whose colons begin no port.
                    Some((host, digits)) if !digits.contains(']') => match digits.parse::<u16>() {
                        Ok(only) => (host, Some(only)),
                        Err(_) => return false,
                    },
                    _ => (granted.as_str(), None),
                };
                let named = match host.strip_prefix("*.") {
                    Some(parent) => {
                        name.strip_suffix(parent).is_some_and(|below| below.len() > 1 && below.ends_with('.'))
                    }
                    None => name == host,
                };
                named && only.is_none_or(|only| only == port)
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_ports_and_names_below() {
        let grants = HostGrants::named(["API.example.com", "localhost:8080", "*.crm.net", "[::1]"]);
        for (name, port, granted) in [
            ("api.example.com", 443, true),
            ("Api.Example.Com", 80, true),
            ("evil-api.example.com", 443, false),
            ("localhost", 8080, true),
            ("localhost", 80, false),
            ("a.crm.net", 443, true),
            ("a.b.crm.net", 443, true),
            ("crm.net", 443, false),
            (".crm.net", 443, false),
            ("evilcrm.net", 443, false),
            ("[::1]", 80, true),
        ] {
            assert_eq!(grants.allow(name, port), granted, "{name}:{port}");
        }
        assert!(!HostGrants::Nothing.allow("localhost", 80));
        assert!(HostGrants::Everything.allow("localhost", 80));
    }
}
