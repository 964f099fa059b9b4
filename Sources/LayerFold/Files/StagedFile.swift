import Foundation

/// A file written beside its final place and renamed there when it is complete.
///
/// Until `commit` nothing under the final name changes; a file that is dropped before leaves nothing behind. What a process
/// leaves that was killed, the next file for the same name removes: a temporary file is locked as long as its process
/// lives.
package final class StagedFile {
  /// Who may read a file.
  package enum Access: Sendable {
    /// Everybody whom the process's mask allows.
    case shared
    /// The owner only (mode 0600).
    case secret
  }

  private let path: String
  private var temporaryPath: String
  private var descriptor: Int32
  private var isCommitted = false

  /// Creates the temporary file; throws `cannotCreate`, also when something other than a file has the final name.
  package init(at path: String, access: Access) throws(LayerFoldError) {
    self.path = path
    let url = URL(fileURLWithPath: path)
    var status = stat()
    if lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw .cannotCreate(path: path, reason: "something other than a file has this name")
    }
    UnfinishedFiles.removeAbandoned(for: url)
    let mode: mode_t = access == .secret ? 0o600 : 0o666
    repeat {
      temporaryPath = UnfinishedFiles.newPath(for: url)
      descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
      if descriptor < 0 { throw .cannotCreate(path: path, reason: Self.lastReason) }
      // Whoever looks for abandoned files may have taken this one for one, before it was locked.
    } while !UnfinishedFiles.claim(descriptor, at: temporaryPath)
  }

  deinit {
    if !isCommitted { unlink(temporaryPath) }
    if descriptor >= 0 { close(descriptor) }
    UnfinishedFiles.release(temporaryPath)
  }

  /// Appends bytes; throws `writeFailed`.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(LayerFoldError) {
    var rest = bytes
    while let start = rest.baseAddress, !rest.isEmpty {
      let written = Foundation.write(descriptor, start, rest.count)
      if written < 0 && errno == EINTR { continue }
      if written <= 0 { throw .writeFailed(path: path, reason: Self.lastReason) }
      rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
  }

  /// Appends bytes; throws `writeFailed`.
  package func write(_ bytes: [UInt8]) throws(LayerFoldError) {
    // SAFETY: the pointer is used during the call only.
    let result = bytes.withUnsafeBytes { raw in Result { () throws(LayerFoldError) in try write(raw) } }
    try result.get()
  }

  /// Makes the contents durable and gives the file its final name; throws `writeFailed`.
  package func commit() throws(LayerFoldError) {
    guard fsync(descriptor) == 0 else { throw .writeFailed(path: path, reason: Self.lastReason) }
    let closed = close(descriptor)
    descriptor = -1
    guard closed == 0 else { throw .writeFailed(path: path, reason: Self.lastReason) }
    guard rename(temporaryPath, path) == 0 else { throw .writeFailed(path: path, reason: Self.lastReason) }
    isCommitted = true
    let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }

  private static var lastReason: String { String(cString: strerror(errno)).lowercased() }
}
