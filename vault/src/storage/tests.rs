//! Places, and a real S3-compatible server for the tests of what lies in them.

use super::*;
use axum::{extract::Request, response::Response, Router};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tower::ServiceExt;

const BUCKET: &str = "salus";

/// An S3-compatible server on loopback that checks signatures. It keeps its objects in `folder`.
pub(crate) struct S3 {
	pub(crate) folder: TempDir,
	endpoint: String,
	server: tokio::task::JoinHandle<()>,
}

impl Drop for S3 {
	fn drop(&mut self) {
		self.server.abort();
	}
}

impl S3 {
	pub(crate) async fn start() -> Self {
		let folder = tempfile::tempdir().unwrap();
		std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
		let mut builder = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
		builder.set_auth(SimpleAuth::from_single("the-vault", "its-secret"));
		let service = builder.build();
		let router = Router::new().fallback(move |request: Request| {
			let service = service.clone();
			async move {
				let answer = service.oneshot(request).await.unwrap();
				Response::from(answer.map(axum::body::Body::new))
			}
		});
		let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
		let endpoint = format!("http://{}", listener.local_addr().unwrap());
		let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
		Self { folder, endpoint, server }
	}

	/// What an operator writes into the file.
	pub(crate) fn credentials(&self, secret: &str) -> tempfile::NamedTempFile {
		let file = tempfile::NamedTempFile::new().unwrap();
		let lines = format!(
			"# of the tests\nAWS_ACCESS_KEY_ID=the-vault\nAWS_SECRET_ACCESS_KEY={secret}\n\
			 AWS_ENDPOINT={}\nAWS_ALLOW_HTTP=true\n",
			self.endpoint
		);
		std::fs::write(file.path(), lines).unwrap();
		file
	}

	/// The place with this prefix.
	pub(crate) async fn storage(&self, prefix: &str) -> Storage {
		let file = self.credentials("its-secret");
		location(&format!("s3://{BUCKET}/{prefix}"))
			.open(Some(file.path()))
			.await
			.unwrap()
	}
}

pub(crate) fn location(text: &str) -> Location {
	text.parse().unwrap()
}

#[test]
fn places_are_folders_and_buckets() {
	assert_eq!(location("a/b"), Location::Folder("a/b".into()));
	assert_eq!(location("file:///a/b"), Location::Folder("/a/b".into()));
	let Location::Bucket { bucket, prefix } = location("s3://a-bucket/clinics/2/") else {
		panic!("no bucket")
	};
	assert_eq!((bucket.as_str(), prefix.as_ref()), ("a-bucket", "clinics/2"));
	for wrong in ["", "s3://", "s3://key:secret@bucket/x", "ftp://host/x", "file://host/x"] {
		assert!(wrong.parse::<Location>().is_err(), "{wrong}");
	}
}

#[test]
fn places_within_each_other_are_found() {
	for (one, other, expected) in [
		("s3://b/x", "s3://b/x/y", true),
		("s3://b", "s3://b/x", true),
		("s3://b/x", "s3://b/xy", false),
		("s3://b/x", "s3://c/x", false),
		("s3://b/x", "b/x", false),
		("/a/b", "/a", true),
		("/a/b", "/a/bc", false),
		("a", "a/b", true),
	] {
		let (one, other) = (location(one), location(other));
		assert_eq!(one.overlaps(&other), expected, "{one} {other}");
		assert_eq!(other.overlaps(&one), expected, "{other} {one}");
	}
}

#[cfg(unix)]
#[test]
fn a_link_to_a_folder_is_that_folder() {
	let folder = tempfile::tempdir().unwrap();
	let (real, link) = (folder.path().join("real"), folder.path().join("link"));
	std::fs::create_dir(&real).unwrap();
	std::os::unix::fs::symlink(&real, &link).unwrap();
	let [real, link] = [real.join("new"), link].map(Location::Folder);
	assert!(real.overlaps(&link));
}

#[tokio::test]
async fn a_bucket_is_used_with_the_right_secret_alone() {
	let s3 = S3::start().await;
	assert!(s3.storage("x").await.is_empty().await.unwrap());
	let wrong = s3.credentials("another-secret");
	let refused = location("s3://salus/x").open(Some(wrong.path())).await.unwrap_err();
	let said = refused.to_string();
	assert!(said.starts_with("the storage s3://salus/x: "), "{said}");
	assert!(!said.contains("another-secret"), "{said}");
	let right = s3.credentials("its-secret");
	assert!(location("s3://no-such-bucket/x").open(Some(right.path())).await.is_err());
}

#[tokio::test]
async fn a_faulty_file_of_credentials_is_told_without_its_secrets() {
	let file = tempfile::NamedTempFile::new().unwrap();
	for (text, line) in [
		("AWS_ACCESS_KEY_ID=a\nthe-secret", 2),
		("OTHER=the-secret", 1),
		("AWS_NO_SUCH_THING=the-secret", 1),
	] {
		std::fs::write(file.path(), text).unwrap();
		let refused = location("s3://b/x").open(Some(file.path())).await.unwrap_err().to_string();
		assert!(refused.contains(&format!("line {line}")), "{refused}");
		assert!(!refused.contains("the-secret"), "{refused}");
	}
}
