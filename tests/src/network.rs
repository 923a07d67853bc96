//! Nodes.

use crate::{
	block_on,
	process::{program, remembered_ports, Process},
	until, Result,
};
use salus_client::{chain::Chain, vault_api::Head};
use std::{
	fs,
	net::TcpStream,
	path::{Path, PathBuf},
	process::Command,
	time::SystemTime,
};

/// What a network looks like.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
	/// Validators: 1, of the preset `development`, or 4, of `local_testnet`.
	pub validators: u32,
	/// Whether an archive node that does not validate stands beside them.
	pub archive: bool,
}

/// A running node.
pub struct Node {
	/// Its name.
	pub name: String,
	/// Where its JSON-RPC listens.
	pub rpc_port: u16,
	p2p_port: u16,
	base: PathBuf,
	/// Its network identity.
	peer: String,
	process: Option<Process>,
}

/// Nodes that run one chain, with their data in one folder.
pub struct Network {
	folder: PathBuf,
	spec: PathBuf,
	/// The nodes, the archive node last.
	pub nodes: Vec<Node>,
	validators: u32,
}

impl Network {
	/// Starts the network in `folder`, from where it stood if it ran there before.
	pub fn start(folder: &Path, shape: Shape) -> Result<Self> {
		fs::create_dir_all(folder)?;
		let spec = folder.join("chain.json");
		if !spec.exists() {
			let chain = if shape.validators == 1 { "dev" } else { "local" };
			let draft = folder.join("chain.json.part");
			run(program_command(&["export-chain-spec", "--chain", chain, "--raw", "--output"])?
				.arg(&draft))?;
			fs::rename(&draft, &spec)?;
		}
		let mut network =
			Self { folder: folder.into(), spec, nodes: Vec::new(), validators: shape.validators };
		let names = (1..=shape.validators)
			.map(|number| format!("validator-{number}"))
			.chain(shape.archive.then(|| "archive".to_string()));
		for name in names {
			network.prepare(&name)?;
		}
		for index in 0..network.nodes.len() {
			network.start_node(index)?;
		}
		for node in &mut network.nodes {
			node.wait()?;
		}
		Ok(network)
	}

	/// Waits until the node at `index` follows finality: its finalised head is younger than `since`.
	pub fn wait_for_finality(&self, index: usize, since: SystemTime) -> Result<Head> {
		let since = since.duration_since(SystemTime::UNIX_EPOCH)?.as_millis() as u64;
		let url = self.nodes[index].url();
		let mut connection = None;
		until(&format!("{} finalises blocks", self.nodes[index].name), || {
			// One connection is kept: making it costs the node, which has enough to do when it starts.
			let chain = match connection.take() {
				Some(chain) => chain,
				None => match block_on(Chain::connect(&url)) {
					Ok(chain) => chain,
					Err(_) => return Ok(None),
				},
			};
			let head = block_on(chain.head());
			if head.is_ok() {
				connection = Some(chain);
			}
			Ok(head.ok().filter(|head| head.number > 0 && head.at >= since))
		})
	}

	/// WebSocket URL of the node that clients should ask: the archive node, or the last validator.
	pub fn url(&self) -> String {
		self.nodes.last().map(Node::url).unwrap_or_default()
	}

	/// Ends a node as a power cut would.
	pub fn kill(&mut self, index: usize) -> Result<()> {
		match self.nodes[index].process.take() {
			Some(process) => process.kill(),
			None => Err(format!("{} does not run", self.nodes[index].name).into()),
		}
	}

	/// Starts a node that was killed.
	pub fn restart(&mut self, index: usize) -> Result<()> {
		self.start_node(index)?;
		self.nodes[index].wait()
	}

	/// Stops every node in good order.
	pub fn stop(mut self) -> Result<()> {
		for node in &mut self.nodes {
			if let Some(process) = node.process.take() {
				process.stop()?;
			}
		}
		Ok(())
	}

	/// Gives a node its folder, its network key and, if it validates, its session keys.
	fn prepare(&mut self, name: &str) -> Result<()> {
		let base = self.folder.join(name);
		fs::create_dir_all(&base)?;
		let node_key = base.join("node-key");
		if !node_key.exists() {
			run(program_command(&["key", "generate-node-key", "--file"])?.arg(&node_key))?;
			if let Some(number) = name.strip_prefix("validator-") {
				let phrase = base.join("development-phrase");
				fs::write(&phrase, format!("//Validator{number}"))?;
				for (key_type, scheme) in [("aura", "sr25519"), ("gran", "ed25519")] {
					run(program_command(&["key", "insert"])?
						.arg("--base-path")
						.arg(&base)
						.arg("--chain")
						.arg(&self.spec)
						.args(["--key-type", key_type, "--scheme", scheme, "--suri"])
						.arg(&phrase))?;
				}
			}
		}
		let [rpc_port, p2p_port] = remembered_ports(&base.join("ports.json"))?;
		let known = base.join("peer-id");
		if !known.exists() {
			let inspect = &["key", "inspect-node-key", "--file"];
			let peer = run(program_command(inspect)?.arg(&node_key))?;
			fs::write(&known, peer.trim())?;
		}
		let peer = fs::read_to_string(known)?;
		self.nodes
			.push(Node { name: name.into(), rpc_port, p2p_port, base, peer, process: None });
		Ok(())
	}

	fn start_node(&mut self, index: usize) -> Result<()> {
		let node = &self.nodes[index];
		let mut command = program_command(&["--chain"])?;
		command
			.arg(&self.spec)
			.arg("--base-path")
			.arg(&node.base)
			.args(["--name", &node.name])
			.arg("--node-key-file")
			.arg(node.base.join("node-key"))
			.args(["--listen-addr", &format!("/ip4/127.0.0.1/tcp/{}", node.p2p_port)])
			.args(["--rpc-port", &node.rpc_port.to_string()])
			.args(["--no-mdns", "--no-prometheus"]);
		if index < self.validators as usize {
			command.arg("--validator");
			if self.validators == 1 {
				command.arg("--force-authoring");
			}
		} else {
			command.args(["--state-pruning", "archive", "--blocks-pruning", "archive"]);
		}
		for other in self.nodes.iter().filter(|other| other.name != node.name) {
			command.args(["--bootnodes", &other.address()]);
		}
		let log = node.base.join("node.log");
		let process = Process::start(&node.name, command, &log)?;
		self.nodes[index].process = Some(process);
		Ok(())
	}
}

impl Node {
	/// WebSocket URL of its JSON-RPC.
	pub fn url(&self) -> String {
		format!("ws://127.0.0.1:{}", self.rpc_port)
	}

	/// Its HTTP URL, for plain JSON-RPC.
	pub fn http_url(&self) -> String {
		format!("http://127.0.0.1:{}", self.rpc_port)
	}

	fn address(&self) -> String {
		format!("/ip4/127.0.0.1/tcp/{}/p2p/{}", self.p2p_port, self.peer)
	}

	fn wait(&mut self) -> Result<()> {
		let port = self.rpc_port;
		match &mut self.process {
			Some(process) => process.wait_until(|| TcpStream::connect(("127.0.0.1", port)).is_ok()),
			None => Err(format!("{} does not run", self.name).into()),
		}
	}
}

fn program_command(arguments: &[&str]) -> Result<Command> {
	let mut command = Command::new(program("salus-node")?);
	command.args(arguments);
	Ok(command)
}

/// Runs a command to its end and returns what it printed.
fn run(command: &mut Command) -> Result<String> {
	let output = command.output()?;
	if output.status.success() {
		return Ok(String::from_utf8(output.stdout)?);
	}
	let said = String::from_utf8_lossy(&output.stderr);
	Err(format!("{command:?} failed ({}): {said}", output.status).into())
}
