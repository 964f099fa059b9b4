// plain-verify: the plain verifier as a program. plain-verify KEYS-FILE PROOF-FILE [MODEL-ID]
// Exits with 0 for a valid proof, 1 for any other, 64 for wrong arguments, 65 for a key that is none, 66 for a missing file.
// May import: PlainVerifier, Foundation.

import Foundation
import PlainVerifier

/// Writes a line to standard error and ends the program.
func stop(_ sentence: String, _ code: Int32) -> Never {
  FileHandle.standardError.write(Data("plain-verify: \(sentence)\n".utf8))
  exit(code)
}

/// The bytes of a file.
func bytes(of path: String) -> [UInt8] {
  do {
    return try Array(Data(contentsOf: URL(fileURLWithPath: path)))
  } catch {
    stop("\(path) cannot be read.", 66)
  }
}

let arguments = CommandLine.arguments.dropFirst()
guard (2...3).contains(arguments.count) else {
  stop("expected a verifier's key, a proof and, if you know it, a model id.", 64)
}
let (keyFile, proofFile) = (arguments[1], arguments[2])
let key: PlainKey
do throws(Refusal) {
  key = try PlainKey(bytes(of: keyFile))
} catch {
  stop("\(keyFile) is no key (\(error)).", 65)
}
do throws(Refusal) {
  let verdict = try key.verify(bytes(of: proofFile), modelIdentifier: arguments.count == 3 ? arguments[3] : nil)
  print("model \(verdict.modelIdentifier)")
  for claim in verdict.claims {
    print(
      "\(claim.isPrivate ? "\(claim.promptLength) private tokens" : "\(claim.promptTokens)") -> \(claim.outputTokens)")
  }
  print("valid")
} catch {
  stop("\(proofFile) is not valid (\(error)).", 1)
}
