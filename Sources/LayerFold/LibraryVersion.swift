/// The version of the library and of its program.
package enum LibraryVersion {
  /// As `layerfold --version` says it; a checkpoint is of use for the version that wrote it only.
  package static let current = "0.1.0"
}
