import Foundation
import Synchronization

/// The temporary files of `StagedFile`: their names, their locks, and their removal when nobody will finish them.
package enum UnfinishedFiles {
  /// Those this process is writing; signals end all of it, so they are known to all of it.
  private static let own = Mutex<Set<String>>([])

  /// Removes every file that this process is writing: for who ends the process before they are finished.
  package static func removeAll() {
    own.withLock { paths in
      for path in paths { unlink(path) }
    }
  }

  /// A name beside a file that no other has.
  static func newPath(for file: URL) -> String {
    let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
    return file.deletingLastPathComponent().appendingPathComponent("\(prefix(for: file))\(suffix)\(end)").path
  }

  /// Locks a file that has just been created; false if somebody has removed it meanwhile, or is about to.
  static func claim(_ descriptor: Int32, at path: String) -> Bool {
    var status = stat()
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || [EOPNOTSUPP, ENOTSUP, ENOLCK].contains(errno),
      fstat(descriptor, &status) == 0, status.st_nlink > 0
    else {
      close(descriptor)
      return false
    }
    own.withLock { _ = $0.insert(path) }
    return true
  }

  /// Forgets a file that was finished or removed.
  static func release(_ path: String) { own.withLock { _ = $0.remove(path) } }

  /// Removes files for the same name whose processes have ended; what cannot be removed stays.
  static func removeAbandoned(for file: URL) {
    let folder = file.deletingLastPathComponent()
    let listing = Result { try FileManager.default.contentsOfDirectory(atPath: folder.path) }
    guard case .success(let names) = listing else { return }
    for name in names where name.hasPrefix(prefix(for: file)) && name.hasSuffix(end) {
      let path = folder.appendingPathComponent(name).path
      let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
      close(descriptor)
    }
  }

  private static func prefix(for file: URL) -> String { ".\(file.lastPathComponent)." }
  private static let end = ".partial"
}
