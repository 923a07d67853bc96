//! Kills in the middle, and places that are not empty.

use super::*;

#[tokio::test]
async fn a_restore_takes_only_an_empty_place() {
	let house = House::new(7);
	house.store(1, b"one").await;
	house.back_up().await;
	let data = house.folder.path().join("taken");
	std::fs::create_dir(&data).unwrap();
	std::fs::write(data.join("note"), "mine").unwrap();
	assert!(house.why_not_restored("taken").await.contains("is not empty"));
	assert_eq!(files(&data), [data.join("note")]);
	// Nor the folder of a vault.
	assert!(house.why_not_restored("data").await.contains("is not empty"));
	// Nor a storage with something in it.
	let mut options = house.options("anew");
	options.storage = Some(Location::Folder(data.clone()));
	// What lies there is no object, but it is something.
	let said = restore::run(options).await.unwrap_err().to_string();
	assert!(said.contains("is not empty"), "{said}");
	house.restored("anew").await;
}

#[tokio::test]
async fn a_restore_that_was_killed_starts_no_vault_and_goes_on() {
	let house = House::new(7);
	house.store(1, b"one").await;
	house.store(2, b"two").await;
	house.back_up().await;
	let backup = house.target().storage.clone();
	let signed = place::latest(&*backup.files).await.unwrap().unwrap();
	let data = house.folder.path().join("killed");
	let storage = || Storage::folder(&data.join("objects")).unwrap();
	// Killed after each step.
	assert!(!restore::has_begun(&data, &signed, None).unwrap());
	restore::begin(&data, &signed, None).unwrap();
	for step in 0..4 {
		assert!(restore::refuse_half(&data).is_err());
		assert!(restore::has_begun(&data, &signed, None).unwrap());
		match step {
			0 => {
				// One of two objects came.
				std::fs::create_dir_all(data.join("objects/01")).unwrap();
				let name = data.join("objects/01").join("01".repeat(31));
				std::fs::write(name, b"one").unwrap();
			},
			1 => restore::copy_objects(&signed, &backup, &storage()).await.unwrap(),
			2 => std::fs::write(data.join("vault.redb.part"), b"torn").unwrap(),
			_ => {
				restore::fill(&signed, &*backup.files, &data).await.unwrap();
				std::fs::rename(data.join("vault.redb.part"), data.join("vault.redb")).unwrap();
			},
		}
	}
	// Another backup is not restored on top of it.
	let mut other = signed.clone();
	other.manifest.at += 1;
	assert!(restore::has_begun(&data, &other, None).is_err());
	// Nor the same into another storage, of which nobody has seen that it is empty.
	assert!(restore::has_begun(&data, &signed, Some("s3://other")).is_err());
	let restored = house.restored("killed").await;
	assert_eq!(rows(&restored.store), rows(&house.vault.store));
	content(&restored, 1, b"one").await;
	content(&restored, 2, b"two").await;
}

#[tokio::test]
async fn a_backup_that_was_killed_leaves_those_before_whole_and_is_gone_on_with() {
	let house = House::new(7);
	house.store(1, b"one").await;
	house.back_up().await;
	let before = rows(&house.vault.store);
	house.store(2, b"two").await;
	house.back_up().await;
	// As it is when the kill came before the manifest.
	let manifest = house.backup.join(place::manifest_place(2).as_ref());
	std::fs::remove_file(&manifest).unwrap();
	let restored = house.restored("first").await;
	assert_eq!(rows(&restored.store), before);
	assert_eq!(names(&restored).await, [[1; 32]]);
	drop(restored);
	let made = house.back_up().await;
	assert_eq!((made.number, made.objects, made.new_objects), (2, 2, 0));
	let restored = house.restored("second").await;
	content(&restored, 2, b"two").await;
}
